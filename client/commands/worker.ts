import { spawn } from 'node:child_process'
import type { Context } from '../context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { Problem } from '../problem.js'
import { workerProgram } from '../up/worker-process.js'

const ROLES = ['control', 'data', 'all']

/** `worker`: becomes the worker, as far as Node lets it: same terminal, same signals, its exit code. */
export async function worker(context: Context, role: string): Promise<ExitCode> {
  if (!ROLES.includes(role))
    throw new Problem(EXIT.usage, `there is no role ${role}`, `Take one of ${ROLES.join(', ')}.`)
  const { address, namespace } = context.where()
  const env = { ...context.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }
  const child = spawn(process.execPath, [workerProgram(), '--role', role], { stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  // A terminal's Ctrl-C reaches the child by itself; this keeps us there until it has drained.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', pass)
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(exitOf(code, signal)))
  })
}

const exitOf = (code: number | null, signal: NodeJS.Signals | null): ExitCode =>
  signal === null ? ((code ?? 0) as ExitCode) : EXIT.refused
