import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { logTail, startChild, untilReady, type Child, type ChildSpec } from '../embedded/child.js'
import { EXIT } from '../exit-codes.js'
import { Problem } from '../problem.js'

export type WorkerRole = 'control' | 'data'

/** The compiled worker, beside the compiled client. */
export const workerProgram = (): string => fileURLToPath(new URL('../../worker/main.js', import.meta.url))

const READY_MS = 30_000
/** A worker gives its steps 15 s to roll back. */
const GRACE_MS = 20_000

/** Starts a worker and returns when it polls. It does not outlive us. A Problem with the reason from its log. */
export async function startWorker(
  role: WorkerRole,
  env: NodeJS.ProcessEnv,
  logFile: string,
  signal: AbortSignal,
): Promise<Child> {
  const spec: ChildSpec = {
    name: `the ${role} worker`,
    command: process.execPath,
    args: [workerProgram(), '--role', role],
    env,
    logFile,
    graceMs: GRACE_MS,
  }
  const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  const child = startChild(spec)
  try {
    await untilReady(child, spec, async () => saysReady(logFile, from), { deadlineMs: READY_MS, signal })
    return child
  } catch (error) {
    await child.stop()
    signal.throwIfAborted()
    throw notStarted(role, logFile, error)
  }
}

/** It prints one line of JSON when it polls. */
const saysReady = (logFile: string, from: number): boolean =>
  readFileSync(logFile)
    .subarray(from)
    .toString()
    .split('\n')
    .some((line) => line.startsWith('{"ready":true'))

function notStarted(role: WorkerRole, logFile: string, error: unknown): Problem {
  const lines = logTail(logFile).split('\n')
  const at = lines.findLastIndex((line) => line.startsWith('error: '))
  const message = lines[at]?.slice('error: '.length) ?? (error instanceof Error ? error.message.split('\n')[0] : '')
  return new Problem(
    EXIT.unreachable,
    `the ${role} worker did not start: ${message}`,
    lines[at + 1] ?? `See ${logFile}.`,
    {
      cause: error,
    },
  )
}
