import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { identify, signalProcess, type ProcessIdentity } from './process-identity.js'
import { watchOver } from './watchdog.js'

export interface ChildSpec {
  /** For messages: `PostgreSQL 18`. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Its stdout and stderr are appended here. */
  readonly logFile: string
  /** As root: the account that it runs as. */
  readonly account?: { readonly uid: number; readonly gid: number } | null
  /** What asks it to end (SIGTERM unless told), and how long it may take over that before SIGKILL. */
  readonly endSignal?: NodeJS.Signals
  readonly graceMs?: number
}

export interface Child extends ProcessIdentity {
  /** Null while it runs; then how it ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: () => string | null
  /** Resolves with the same text when it has ended. Never rejects. */
  readonly exited: Promise<string>
  /** Asks it to end, SIGKILL after the grace; returns when it is gone. Repeatable. */
  stop(): Promise<void>
  /** SIGKILL to it and its group, for tests of what survives. Returns when it is gone. */
  kill(): Promise<void>
}

/**
 * Starts a server as a child in a process group of its own, so that a terminal's Ctrl-C reaches only us and we end the
 * server in order. It does not outlive us: a watchdog ends it when this process dies without having done so.
 */
export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.logFile, 'a')
  const child = spawn(spec.command, spec.args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(spec.env && { env: spec.env }),
    ...(spec.cwd && { cwd: spec.cwd }),
    ...(spec.account && { uid: spec.account.uid, gid: spec.account.gid }),
  })
  closeSync(log)
  const { pid } = child
  const grace = spec.graceMs ?? 10_000
  const endSignal = spec.endSignal ?? 'SIGTERM'
  let end: string | null = null
  const exited = ending(child).then((text) => (end = text))
  if (pid === undefined) return notStarted(exited, () => end)
  const callOff = watchOver(pid, endSignal, grace)
  void exited.then(callOff)
  const stop = async (): Promise<void> => {
    if (end !== null) return
    signalProcess(pid, endSignal)
    const timer = setTimeout(() => signalProcess(-pid, 'SIGKILL'), grace)
    await exited
    clearTimeout(timer)
    // What it forked and did not end itself.
    signalProcess(-pid, 'SIGKILL')
  }
  const kill = async (): Promise<void> => {
    if (end === null) signalProcess(-pid, 'SIGKILL')
    await exited
  }
  return { pid, started: identify(pid)?.started ?? '', ended: () => end, exited, stop, kill }
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`could not be started: ${error.message}`))
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
}

function notStarted(exited: Promise<string>, ended: () => string | null): Child {
  const nothing = async (): Promise<void> => void (await exited)
  return { pid: 0, started: '', ended, exited, stop: nothing, kill: nothing }
}

/** The last lines of a server's log, for the message that says why it did not start. */
export function logTail(logFile: string, lines = 8): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return '(no log)'
  }
}

/** Resolves when `ready` says so; throws when the child ends first, when the deadline passes, or when the signal comes. */
export async function untilReady(
  child: Child,
  spec: Pick<ChildSpec, 'name' | 'logFile'>,
  ready: () => Promise<boolean>,
  options: { readonly deadlineMs: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const end = performance.now() + options.deadlineMs
  for (;;) {
    options.signal?.throwIfAborted()
    const ended = child.ended()
    if (ended !== null) throw new Error(`${spec.name} ended while starting: ${ended}\n${logTail(spec.logFile)}`)
    if (await ready()) return
    if (performance.now() > end) {
      throw new Error(`${spec.name} did not answer within ${options.deadlineMs / 1000} s\n${logTail(spec.logFile)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
