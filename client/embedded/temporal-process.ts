import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { SEARCH_ATTRIBUTES } from '../../core/names.js'
import { startChild, untilReady, type Child } from './child.js'
import { freePort } from './free-port.js'

export interface TemporalPorts {
  readonly port: number
  readonly uiPort: number
}

export const TEMPORAL_GRACE_MS = 10_000
export const TEMPORAL_READY_MS = 30_000

/** Measured in design section 6: a step costs 16 ms instead of 98, short timers are not rounded up to a second. */
const SETTINGS = [
  ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
  ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="50ms"'],
  ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
  ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
]

/** Starts the server over the folder's file; `started` hears of the process before it answers. Ends it where it never does. */
export async function startTemporalProcess(
  binary: string,
  folder: string,
  { port, uiPort }: TemporalPorts,
  started: (child: Child) => void,
  signal: AbortSignal | undefined,
): Promise<Child> {
  const logFile = join(folder, 'temporal.log')
  const ports = [
    '--port',
    port,
    '--ui-port',
    uiPort,
    '--http-port',
    await freePort(),
    '--metrics-port',
    await freePort(),
  ]
  const spec = {
    name: 'Temporal',
    command: binary,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--db-filename', join(folder, 'temporal.db')],
      ...['--log-level', 'warn', ...ports.map(String), ...SETTINGS],
    ],
    logFile,
    graceMs: TEMPORAL_GRACE_MS,
  }
  appendFileSync(logFile, `--- ${new Date().toISOString()} start on port ${port}\n`)
  const child = startChild(spec)
  started(child)
  try {
    await untilReady(child, spec, () => temporalAnswers(`127.0.0.1:${port}`), { deadlineMs: TEMPORAL_READY_MS, signal })
    return child
  } catch (error) {
    await child.stop()
    throw error
  }
}

/** True when the frontend serves its namespace: the port is open a while before that. */
export async function temporalAnswers(address: string): Promise<boolean> {
  let connection: Connection | null = null
  try {
    connection = await Connection.connect({ address, connectTimeout: 1_000 })
    const opened = connection
    await opened.withDeadline(Date.now() + 1_000, () =>
      opened.workflowService.describeNamespace({ namespace: 'default' }),
    )
    return true
  } catch {
    // Not yet: whoever waits has a deadline, and the server's log says why it never came.
    return false
  } finally {
    await connection?.close()
  }
}
