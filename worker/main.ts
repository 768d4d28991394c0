import { parseArgs } from 'node:util'
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker'
import { type Environment, EnvironmentError, readEnvironment, type Role } from './environment.js'
import { log, temporalLogger } from './log.js'
import { explainMetrics, measureWith, metricsOptions } from './metrics.js'
import { type Running, startWorkers } from './start.js'
import { GRACE_SECONDS } from './workers.js'

interface Told {
  readonly role: Role
  readonly metricsPort: string | undefined
}

/** Exit codes of the command line's contract; 1 for what nobody foresaw, and where it was ended before it had drained. */
async function main(): Promise<number> {
  const told = readArguments()
  if (told === null) {
    process.stderr.write('error: --role is control, data or all\n')
    return 2
  }
  const { role, metricsPort } = told
  try {
    const environment = readEnvironment(
      { ...process.env, ...(metricsPort !== undefined && { NIGHTFERRY_METRICS_PORT: metricsPort }) },
      process.cwd(),
    )
    installRuntime(role, environment)
    const { metrics } = environment
    const measure = metrics === null ? undefined : measureWith(Runtime.instance().metricMeter)
    const running = await startWorkers(role, environment, measure)
    const drain = drainOn(running, role)
    process.stdout.write(`${JSON.stringify(running.ready)}\n`)
    process.send?.(running.ready)
    // Whoever supervises us is gone, also by SIGKILL: nobody would ever end us.
    if (process.connected) process.once('disconnect', () => drain('disconnect'))
    const { api, metrics: offered } = running.ready
    log('ready', { role, pid: process.pid, process: numberOf(process.env), api, metrics: offered })
    await running.ended
    log('stopped', { role, pid: process.pid })
    return 0
  } catch (error) {
    return explain(error)
  }
}

function installRuntime(role: Role, { metrics }: Environment): void {
  // Signals are ours: the SDK's own handling would leave the read API and the sessions open.
  // Below ERROR the SDK's core only tells of races that it settles itself.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' })
  try {
    Runtime.install({
      logger: temporalLogger('WARN'),
      telemetryOptions: { logging: { forward: {}, filter }, ...metricsOptions(metrics, role) },
      shutdownSignals: [],
    })
  } catch (error) {
    throw explainMetrics(metrics, error)
  }
}

/** The first signal drains; the next one of a person who will not wait ends at once: servers roll back by themselves. */
function drainOn(running: Running, role: Role): (signal: string) => void {
  let isDraining = false
  const drain = (signal: string): void => {
    if (isDraining) return
    isDraining = true
    log('draining', { signal, role, pid: process.pid, seconds: GRACE_SECONDS })
    running.stop()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      if (!isDraining) return drain(signal)
      log('ended at once', { signal, role, pid: process.pid })
      process.exit(1)
    })
  return drain
}

const numberOf = ({ NIGHTFERRY_PROCESS: number }: NodeJS.ProcessEnv): number | null =>
  number === undefined ? null : Number(number)

function readArguments(): Told | null {
  try {
    const options = { role: { type: 'string', default: 'all' }, 'metrics-port': { type: 'string' } } as const
    const { role, 'metrics-port': metricsPort } = parseArgs({ options }).values
    return role === 'control' || role === 'data' || role === 'all' ? { role, metricsPort } : null
  } catch {
    return null
  }
}

function explain(error: unknown): number {
  if (error instanceof EnvironmentError) {
    process.stderr.write(`error: ${error.message}\n${error.remedy}\n`)
    return error.exit
  }
  process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return 1
}

// The SDK's native threads may hold the process after all has ended.
process.exit(await main())
