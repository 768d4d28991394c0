import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../../core/failure.js'
import { readLock, takeLock, type FolderLock } from '../embedded/folder-lock.js'
import { ownIdentity } from '../embedded/process-identity.js'
import { step, stepLine, type Report } from '../embedded/steps.js'
import { obtainTemporal } from '../embedded/temporal-binary.js'
import { startTemporal, type RunningTemporal } from '../embedded/temporal-server.js'
import { EXIT } from '../exit-codes.js'
import { ensureFolder, removeUpState, writeUpState, type UpState } from '../folder.js'
import { Problem } from '../problem.js'
import { supervise, type Supervised } from './supervise.js'
import { startWorker, type WorkerRole } from './worker-process.js'

export interface MachineOptions {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Temporal and two workers of this folder, which live as long as this process. */
export interface Machine {
  readonly temporal: UpState['temporal']
  /** The folder of the workers' logs. */
  readonly logs: string
  /** Workers drain first, then Temporal ends. Repeatable. */
  stop(): Promise<void>
}

/** Starts what is missing; null where another process is the `up` of this folder. Nothing is left running after an error. */
export async function startMachine(options: MachineOptions): Promise<Machine | null> {
  const folder = ensureFolder(options.folder)
  const taken = takeLock<null>(join(folder, 'up'), null)
  if (taken === null) return null
  const started: Supervised[] = []
  const stop = async (): Promise<void> => await endAll(started, taken.lock, options.folder)
  try {
    const temporal = await startOrNameTemporal(options, folder, started)
    const logs = join(folder, 'logs')
    mkdirSync(logs, { recursive: true })
    const workers = await step(reportTo(options.say), 'Workers: start', async () => {
      return await startWorkers(options, temporal, logs)
    })
    started.unshift(...workers)
    return { temporal, logs, stop }
  } catch (error) {
    await stop()
    throw explain(error)
  }
}

/** Whose `up` of this folder runs; for messages. */
export const holderOf = (folder: string): number | null =>
  readLock<null>(join(ensureFolder(folder), 'up'))?.holder.pid ?? null

async function endAll(started: readonly Supervised[], lock: FolderLock<null>, folder: string): Promise<void> {
  const [temporal, ...workers] = started.toReversed()
  await Promise.all(workers.map(async (worker) => await worker.stop()))
  await temporal?.stop()
  removeUpState(folder)
  lock.release()
}

const reportTo =
  (say: (text: string) => void): Report =>
  (told) => {
    const line = stepLine(told)
    if (line !== null) say(line)
  }

async function startOrNameTemporal(
  { env, say, signal }: MachineOptions,
  folder: string,
  started: Supervised[],
): Promise<UpState['temporal']> {
  const report = reportTo(say)
  const choice = await obtainTemporal({ report, signal, env })
  if (choice.use === 'address') {
    started.push({ stop: async () => {} })
    return { address: choice.address, namespace: env['TEMPORAL_NAMESPACE'] ?? 'default', ui: null }
  }
  const server = await startTemporal({ folder: join(folder, 'temporal'), binary: choice, report, signal })
  started.push(keepTemporal(server, say))
  return { address: server.address, namespace: 'default', ui: server.ui }
}

/** Started again on the same ports over the same file: workers and commands find it where it was. */
function keepTemporal(server: RunningTemporal, say: (text: string) => void): Supervised {
  let stopping = false
  const watch = async (): Promise<void> => {
    while (!stopping) {
      const how = await server.died()
      if (stopping) return
      say(`Temporal ended (${how}); it starts again`)
      await server.restart().catch(async (error: unknown) => {
        say(`Temporal did not start: ${String(error)}`)
        await delay(5000)
      })
    }
  }
  void watch()
  return {
    stop: async () => {
      stopping = true
      await server.stop()
    },
  }
}

async function startWorkers(
  { env, folder, say, signal }: MachineOptions,
  temporal: UpState['temporal'],
  logs: string,
): Promise<Supervised[]> {
  const workerEnv = {
    ...env,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    NIGHTFERRY_HOME: folder,
  }
  const pids = { control: 0, data: 0 }
  const one = async (role: WorkerRole): Promise<Supervised> => {
    const start = async () => {
      const child = await startWorker(role, withMetrics(workerEnv, role), join(logs, `${role}.log`), signal)
      pids[role] = child.pid
      // Whoever finds the file finds all of it running.
      if (pids.control && pids.data) writeUpState(folder, { format: 1, up: ownIdentity(), temporal, workers: pids })
      return child
    }
    return supervise(`the ${role} worker`, await start(), start, say)
  }
  const results = await Promise.allSettled([one('control'), one('data')])
  const running = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
  const failed = results.find((r) => r.status === 'rejected')
  if (failed === undefined) return running
  await Promise.all(running.map(async (worker) => await worker.stop()))
  throw failed.reason
}

/** Two processes cannot share a port: the data worker takes the one behind the control worker's. */
function withMetrics(env: NodeJS.ProcessEnv, role: WorkerRole): NodeJS.ProcessEnv {
  const port = Number(env['NIGHTFERRY_METRICS_PORT'] ?? 0)
  return role === 'data' && port > 0 ? { ...env, NIGHTFERRY_METRICS_PORT: String(port + 1) } : env
}

function explain(error: unknown): unknown {
  if (error instanceof Failure)
    return new Problem(EXIT.unreachable, error.message, error.details.remedy, { cause: error })
  return error
}
