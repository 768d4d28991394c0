import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logTail, startChild, untilReady, type Child, type ChildSpec } from '../../client/embedded/child.js'
import { freePort } from '../../client/embedded/free-port.js'
import { endProcess, type ProcessIdentity } from '../../client/embedded/process-identity.js'
import { restartable, type Restartable } from '../../client/embedded/restartable.js'

/** A database server that this process started. */
export interface RunningServer extends Restartable {
  readonly url: string
  readonly port: number
  /** `PostgreSQL 18.4` */
  readonly version: string
}

export interface ServerPlan {
  /** Its data and log; of one server only. */
  readonly folder: string
  readonly version: string
  readonly port: number
  readonly url: string
  readonly child: (port: number) => ChildSpec
  /** One try to log in. */
  readonly answers: () => Promise<boolean>
  readonly signal?: AbortSignal | undefined
}

const READY_MS = 60_000

/** Starts a server from its plan and waits until somebody can log in. Throws with the end of its log. */
export async function runServer(plan: ServerPlan): Promise<RunningServer> {
  const start = async (): Promise<Child> => {
    await endLeftover(plan.folder)
    const spec = plan.child(plan.port)
    const child = startChild(spec)
    writeFileSync(join(plan.folder, 'process.json'), JSON.stringify({ pid: child.pid, started: child.started }))
    try {
      await untilReady(child, spec, plan.answers, { deadlineMs: READY_MS, signal: plan.signal })
      return child
    } catch (error) {
      await child.stop()
      throw error
    }
  }
  const server = await restartable(plan.version, start)
  return { ...server, url: plan.url, port: plan.port, version: plan.version }
}

/** A holder that was killed leaves its server running for as long as it takes to shut down, and files bear only one. */
async function endLeftover(folder: string): Promise<void> {
  const file = join(folder, 'process.json')
  if (!existsSync(file)) return
  await endProcess(JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity, 20_000)
  rmSync(file)
}

/**
 * Runs it on a free port, and on another one where somebody took that port between our look and its start (its log says so
 * in one of these words; three tries).
 */
export async function onFreePort(
  preferred: number | undefined,
  logFile: string,
  run: (port: number) => Promise<RunningServer>,
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(preferred)
    try {
      return await run(port)
    } catch (error) {
      const taken = /address already in use|port: \d+ already in use|could not bind/i.test(logTail(logFile, 20))
      if (!taken || attempt === 3 || preferred !== undefined) throw error
    }
  }
}
