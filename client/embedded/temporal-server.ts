import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Connection } from '@temporalio/client'
import { Failure } from '../../core/failure.js'
import { SEARCH_ATTRIBUTES } from '../../core/names.js'
import { startChild, untilReady, type Child } from './child.js'
import { readLock, takeLock, type FolderLock } from './folder-lock.js'
import { freePort } from './free-port.js'
import { endProcess, isAlive, type ProcessIdentity } from './process-identity.js'
import { step, type Report } from './steps.js'

export interface TemporalOptions {
  /** Holds the server's file, its log, its lock and the CLI's version; made if need be. One server for each. */
  readonly folder: string
  /** What obtainTemporal found. */
  readonly binary: { readonly path: string; readonly version: string }
  readonly report: Report
  readonly signal?: AbortSignal
}

export interface RunningTemporal {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly ui: string
  readonly pid: () => number
  /** True where another process of this machine runs it: then `stop` leaves it alone. */
  readonly joined: boolean
  /** Resolves with how it ended, when it ends other than by `stop` or `kill`. Never for one that was joined. */
  readonly died: () => Promise<string>
  /** SIGTERM, SIGKILL after 10 s, and the lock is given back. Repeatable. */
  stop(): Promise<void>
  /** SIGKILL, for tests of what survives; the lock is kept. */
  kill(): Promise<void>
  /** Starts it again over the same file and on the same ports, after `kill` or a death. */
  restart(): Promise<void>
}

/** What the lock's holder tells others: where the server answers, once it does. */
interface TemporalNote {
  readonly server: ProcessIdentity | null
  readonly port: number
  readonly uiPort: number
}

const READY_MS = 30_000
const GRACE_MS = 10_000

/** Measured in design section 6: a step costs 16 ms instead of 98, short timers are not rounded up to a second. */
const SETTINGS = [
  ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
  ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="50ms"'],
  ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
  ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
]

/** The server that a living process of this machine runs in the folder; null where there is none. */
export function findTemporal(folder: string): { address: string; ui: string; holder: number } | null {
  const found = readLock<TemporalNote>(folder)
  if (!found?.alive || !isAlive(found.note.server)) return null
  return { ...places(found.note), holder: found.holder.pid }
}

/**
 * Starts Temporal over the folder's file, or joins the one that a living process runs there. Ports are those of the last
 * time if they are free. Throws `refused` where the file belongs to another version of the CLI.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const folder = resolve(options.folder)
  mkdirSync(folder, { recursive: true })
  const end = performance.now() + READY_MS
  for (;;) {
    options.signal?.throwIfAborted()
    const taken = takeLock<TemporalNote>(folder, { server: null, port: 0, uiPort: 0 })
    if (taken !== null) return await startHeld({ ...options, folder }, taken.lock, taken.left)
    const found = findTemporal(folder)
    if (found !== null && (await answers(found.address))) return joinedTemporal(found)
    if (performance.now() > end) throw heldButSilent(folder)
    await new Promise((done) => setTimeout(done, 100))
  }
}

async function startHeld(
  options: TemporalOptions,
  lock: FolderLock<TemporalNote>,
  left: TemporalNote | null,
): Promise<RunningTemporal> {
  try {
    // A holder that was killed leaves its server for a moment: two over one file make every step 20 times as slow.
    if (left?.server) await endProcess(left.server, GRACE_MS)
    checkVersion(options)
    const last = readPorts(options.folder)
    const port = await freePort(last.port)
    const uiPort = await freePort(last.uiPort)
    writeFileSync(join(options.folder, 'ports.json'), JSON.stringify({ port, uiPort }))
    return await ownTemporal(options, lock, port, uiPort)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function ownTemporal(
  options: TemporalOptions,
  lock: FolderLock<TemporalNote>,
  port: number,
  uiPort: number,
): Promise<RunningTemporal> {
  const start = (): Promise<Child> => startServer(options, lock, port, uiPort)
  let child = await step(
    options.report,
    `Temporal: start (CLI ${options.binary.version.split(' ')[0]})`,
    async (note) => {
      const started = await start()
      note(`127.0.0.1:${port}, UI http://127.0.0.1:${uiPort}`)
      return started
    },
  )
  let wanted = false
  return {
    ...places({ server: child, port, uiPort }),
    joined: false,
    pid: () => child.pid,
    died: async () => {
      const how = await child.exited
      return wanted ? await new Promise<string>(() => {}) : how
    },
    stop: async () => {
      wanted = true
      await child.stop()
      lock.release()
    },
    kill: async () => {
      wanted = true
      await child.kill()
    },
    restart: async () => {
      await child.stop()
      child = await start()
      wanted = false
    },
  }
}

async function startServer(
  { folder, binary, signal }: TemporalOptions,
  lock: FolderLock<TemporalNote>,
  port: number,
  uiPort: number,
): Promise<Child> {
  const logFile = join(folder, 'temporal.log')
  const [httpPort, metricsPort] = [await freePort(), await freePort()]
  const ports = ['--port', port, '--ui-port', uiPort, '--http-port', httpPort, '--metrics-port', metricsPort]
  const spec = {
    name: 'Temporal',
    command: binary.path,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--db-filename', join(folder, 'temporal.db')],
      ...['--log-level', 'warn', ...ports.map(String), ...SETTINGS],
    ],
    logFile,
    graceMs: GRACE_MS,
  }
  appendFileSync(logFile, `--- ${new Date().toISOString()} start on port ${port}\n`)
  const child = startChild(spec)
  lock.tell({ server: child, port, uiPort })
  try {
    await untilReady(child, spec, () => answers(`127.0.0.1:${port}`), { deadlineMs: READY_MS, signal })
  } catch (error) {
    await child.stop()
    throw error
  }
  return child
}

/** A file that another version of the CLI made is not migrated by it: it may read wrongly or not at all. */
function checkVersion({ folder, binary }: TemporalOptions): void {
  const file = join(folder, 'cli-version')
  const kept = readText(file)?.trim() ?? null
  if (kept === null) return writeFileSync(file, `${binary.version}\n`)
  if (kept === binary.version) return
  throw new Failure(
    'refused',
    `Temporal's file in ${folder} was made by CLI ${kept}; the one here is ${binary.version}.`,
    {
      remedy: `Put the CLI of that version on PATH, or move ${folder} away to start anew: what was migrated stays in the target, Temporal's memory of it does not.`,
    },
  )
}

function readPorts(folder: string): { port: number; uiPort: number } {
  const text = readText(join(folder, 'ports.json'))
  return text === null ? { port: 0, uiPort: 0 } : (JSON.parse(text) as { port: number; uiPort: number })
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** True when the frontend serves its namespace: the port is open a while before that. */
async function answers(address: string): Promise<boolean> {
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

const places = ({ port, uiPort }: TemporalNote): { address: string; ui: string } => ({
  address: `127.0.0.1:${port}`,
  ui: `http://127.0.0.1:${uiPort}`,
})

function joinedTemporal(found: { address: string; ui: string; holder: number }): RunningTemporal {
  const notOurs = async (): Promise<void> => {}
  return {
    address: found.address,
    ui: found.ui,
    joined: true,
    pid: () => found.holder,
    died: () => new Promise<string>(() => {}),
    stop: notOurs,
    kill: notOurs,
    restart: notOurs,
  }
}

function heldButSilent(folder: string): Failure {
  const holder = readLock(folder)?.holder.pid ?? 'unknown'
  return new Failure('refused', `Process ${holder} holds ${folder}, but its Temporal does not answer.`, {
    remedy: `Look at ${join(folder, 'temporal.log')}, or end process ${holder} and try again.`,
  })
}
