import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../../core/failure.js'
import type { Child } from './child.js'
import { readLock, takeLock, type FolderLock } from './folder-lock.js'
import { freePort } from './free-port.js'
import { endProcess, isAlive, type ProcessIdentity } from './process-identity.js'
import { restartable, type Restartable } from './restartable.js'
import { step, type Report } from './steps.js'
import {
  startTemporalProcess,
  TEMPORAL_GRACE_MS,
  TEMPORAL_READY_MS,
  temporalAnswers,
  type TemporalPorts,
} from './temporal-process.js'

export interface TemporalOptions {
  /** Holds the server's file, its log, its lock and the CLI's version; made if need be. One server for each. */
  readonly folder: string
  /** What obtainTemporal found. */
  readonly binary: { readonly path: string; readonly version: string }
  readonly report: Report
  readonly signal?: AbortSignal
}

export interface RunningTemporal extends Restartable {
  /** `127.0.0.1:PORT` */
  readonly address: string
  readonly ui: string
  /** True where another process of this machine runs it: then `stop`, `kill` and `restart` leave it alone. */
  readonly joined: boolean
}

/** What the lock's holder tells others: where the server answers, once it does. */
interface TemporalNote extends TemporalPorts {
  readonly server: ProcessIdentity | null
}

/** The server that a living process of this machine runs in the folder; null where there is none. */
function findTemporal(folder: string): { address: string; ui: string; holder: number } | null {
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
  const end = performance.now() + TEMPORAL_READY_MS
  for (;;) {
    options.signal?.throwIfAborted()
    const taken = takeLock<TemporalNote>(folder, { server: null, port: 0, uiPort: 0 })
    if (taken !== null) return await startHeld({ ...options, folder }, taken.lock, taken.left)
    const found = findTemporal(folder)
    if (found !== null && (await temporalAnswers(found.address))) return joinedTemporal(found)
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
    if (left?.server) await endProcess(left.server, TEMPORAL_GRACE_MS)
    checkVersion(options)
    const ports = await choosePorts(options.folder)
    const { report, binary, folder, signal } = options
    const start = (): Promise<Child> =>
      startTemporalProcess(binary.path, folder, ports, (child) => lock.tell({ server: child, ...ports }), signal)
    const server = await step(report, `Temporal: start (${shownVersion(binary.version)})`, async (note) => {
      note(`127.0.0.1:${ports.port}, UI http://127.0.0.1:${ports.uiPort}`)
      return await restartable('Temporal', start)
    })
    const stop = async (): Promise<void> => {
      await server.stop()
      lock.release()
    }
    return { ...server, ...places(ports), joined: false, stop }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** A CLI that was built from source calls itself 0.0.0-DEV: its server says more. */
const shownVersion = (version: string): string =>
  /Server ([\d.]+)/.exec(version)?.[0].toLowerCase() ?? `CLI ${version.split(' ')[0]}`

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

/** Those of the last time where they are free, so that bookmarks and settings stay right. */
async function choosePorts(folder: string): Promise<TemporalPorts> {
  const file = join(folder, 'ports.json')
  const last = portsIn(readText(file))
  const ports = { port: await freePort(last.port), uiPort: await freePort(last.uiPort) }
  writeFileSync(file, JSON.stringify(ports))
  return ports
}

/** A file that was cut off in a crash is as good as none: any port will do. */
function portsIn(text: string | null): TemporalPorts {
  try {
    return JSON.parse(text ?? '') as TemporalPorts
  } catch {
    return { port: 0, uiPort: 0 }
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const places = ({ port, uiPort }: TemporalPorts): { address: string; ui: string } => ({
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
