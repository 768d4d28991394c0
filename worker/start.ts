import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Worker } from '@temporalio/worker'
import { keepInMemory } from '../activities/kept.js'
import { cachePlans } from '../activities/plans.js'
import type { Tools } from '../activities/tools.js'
import type { Measure } from '../core/metrics.js'
import { ownQueue } from '../core/names.js'
import { removeApiFile } from './api-file.js'
import { openBackups } from './backups/index.js'
import { EnvironmentError, isUndigested, type Environment, type Role } from './environment.js'
import { openHooks } from './hooks/index.js'
import { log } from './log.js'
import { openMigrations } from './migrations.js'
import { openApi } from './open-api.js'
import { openPorts } from './ports.js'
import { openRunPages } from './run-pages.js'
import { readersOf } from './readers.js'
import type { ReadApi } from './read-api.js'
import { connectTemporal } from './temporal.js'
import { watchMigrations } from './watch-migrations.js'
import { controlWorker, dataWorker, ownWorker } from './workers.js'

/** What a process says when it polls: one line of JSON on stdout, and an IPC message where there is a channel. */
export interface Ready {
  readonly ready: true
  readonly role: Role
  readonly pid: number
  /** Of the read API; null in a data worker. */
  readonly api: string | null
  /** Where Prometheus may ask. */
  readonly metrics: string | null
}

export interface Running {
  readonly ready: Ready
  /**
   * Drains: takes nothing new, and lets steps under way end. What has not ended within the grace is cancelled and rolls
   * back; others will try it again.
   */
  stop(): void
  /** Resolves when all has ended; rejects when a worker failed. */
  readonly ended: Promise<void>
}

/** Connects, opens the read API, and polls. Rejects with an EnvironmentError where something is not there. */
export async function startWorkers(role: Role, environment: Environment, measure?: Measure): Promise<Running> {
  const { temporal, home, variables } = environment
  const { namespace } = temporal
  const connection = await connectTemporal(temporal)
  const ports = openPorts(variables, home)
  const draining = new AbortController()
  const pages = openRunPages(variables, home, log)
  const tools: Tools & { readonly queue: string } = {
    ports,
    plans: cachePlans(ports, isUndigested(variables)),
    worker: `${hostname()} ${process.pid}`,
    queue: ownQueue(randomBytes(12).toString('hex')),
    log,
    ...(measure && { measure }),
    draining: draining.signal,
    hooks: openHooks(variables, home, log),
    backups: openBackups(variables, home, log),
    ...(pages && { pages }),
    readers: () => readersOf(connection, namespace),
  }
  const migrations = openMigrations(connection, namespace)
  const kept = keepInMemory(() => randomBytes(12).toString('hex'))
  let api: ReadApi | null = null
  const close = async (): Promise<void> => {
    if (api !== null) removeApiFile(home)
    await api?.close()
    await ports.close()
    await connection.close()
  }
  try {
    const makeControl = (): Promise<Worker> => controlWorker(connection, namespace, { ...tools, kept })
    const makeData = (): Promise<Worker> => dataWorker(connection, namespace, tools)
    const makeOwn = (): Promise<Worker> => ownWorker(connection, namespace, tools)
    const makers = { control: [makeControl], data: [makeData, makeOwn], all: [makeControl, makeData, makeOwn] }
    const workers = await Promise.all(makers[role].map((make) => make())).catch(explainNamespace(namespace))
    if (role !== 'data') api = await openApi(environment, { ports, migrations, kept: (ref) => kept.get(ref) })
    const watch = role !== 'data' && measure !== undefined ? watchMigrations({ measure, migrations, ports, log }) : null
    const ended = runAll(workers, async () => {
      watch?.stop()
      await close()
    })
    return {
      ready: { ready: true, role, pid: process.pid, api: api?.url ?? null, metrics: metricsUrl(environment) },
      stop: () => {
        watch?.stop()
        draining.abort()
        shutdown(workers)
      },
      ended,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const metricsUrl = ({ metrics }: Environment): string | null =>
  metrics && `http://${metrics.host.includes(':') ? `[${metrics.host}]` : metrics.host}:${metrics.port}/metrics`

/** One that fails takes the others with it: half a worker helps nobody. */
async function runAll(workers: readonly Worker[], close: () => Promise<void>): Promise<void> {
  const runs = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      shutdown(workers)
      throw error
    }),
  )
  await Promise.allSettled(runs)
  await close()
  await Promise.all(runs)
}

function shutdown(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
}

const explainNamespace =
  (namespace: string) =>
  (error: unknown): never => {
    if (error instanceof EnvironmentError) throw error
    const message = error instanceof Error ? error.message : String(error)
    if (!/namespace/i.test(message)) throw error
    throw new EnvironmentError(
      `Temporal has no namespace ${namespace} for this worker`,
      'Create it, or correct TEMPORAL_NAMESPACE.',
      3,
    )
  }
