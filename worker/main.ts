import { parseArgs } from 'node:util'
import { makeTelemetryFilterString, Runtime } from '@temporalio/worker'
import { EnvironmentError, readEnvironment, type Role } from './environment.js'
import { log, temporalLogger } from './log.js'
import { startWorkers } from './start.js'

/** Exit codes of the command line's contract; 1 for what nobody foresaw. */
async function main(): Promise<number> {
  const role = readRole()
  if (role === null) {
    process.stderr.write('error: --role is control, data or all\n')
    return 2
  }
  // Signals are ours: the SDK's own handling would leave the read API and the sessions open.
  // Below ERROR the SDK's core only tells of races that it settles itself.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' })
  Runtime.install({
    logger: temporalLogger('WARN'),
    telemetryOptions: { logging: { forward: {}, filter } },
    shutdownSignals: [],
  })
  try {
    const running = await startWorkers(role, readEnvironment(process.env, process.cwd()))
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        log('stopping', { signal, role })
        running.stop()
      })
    process.stdout.write(`${JSON.stringify(running.ready)}\n`)
    process.send?.(running.ready)
    log('ready', { role, pid: process.pid, api: running.ready.api })
    await running.ended
    log('stopped', { role })
    return 0
  } catch (error) {
    return explain(error)
  }
}

function readRole(): Role | null {
  try {
    const { role } = parseArgs({ options: { role: { type: 'string', default: 'all' } } }).values
    return role === 'control' || role === 'data' || role === 'all' ? role : null
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
