import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the system's own words; opaque. */
  readonly started: string
}

/** Null where no such process runs (a zombie does not count as one). */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? startedByProc(pid) : startedByPs(pid)
  return started === null ? null : { pid, started }
}

export function isAlive(identity: ProcessIdentity | null): boolean {
  return identity !== null && identify(identity.pid)?.started === identity.started
}

export function ownIdentity(): ProcessIdentity {
  const own = identify(process.pid)
  if (own === null) throw new Error('cannot read when this process started, from /proc or from ps')
  return own
}

/** Fields after the last `)`, since a program's name may hold blanks: state first, start time 20th (field 22 of proc(5)). */
function startedByProc(pid: number): string | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

function startedByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}

/** Sends a signal to a process or (negative number) to a group; false where there was none to take it. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/**
 * Ends a process that need not be our child: SIGTERM, and SIGKILL after the grace. Returns when it is gone, throws if
 * it is not 10 s after SIGKILL.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  const begun = performance.now()
  let killed = false
  if (isAlive(identity)) signalProcess(identity.pid, 'SIGTERM')
  while (isAlive(identity)) {
    const waited = performance.now() - begun
    if (!killed && waited > graceMs) killed = signalProcess(identity.pid, 'SIGKILL')
    if (waited > graceMs + 10_000) throw new Error(`process ${identity.pid} is still there, 10 s after SIGKILL`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
