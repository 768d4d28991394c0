import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { isAbsolute, resolve } from 'node:path'
import { Tail } from './tail.js'

export interface Command {
  readonly command: readonly string[]
  /** Where it runs, and what a path in its first word is relative to. */
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  /** What it gets on its stdin; it need not read it. */
  readonly input: string
  readonly timeoutMs: number
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number
  /** How much of its stdout is kept, from the end; 8 KB unless told. */
  readonly outBytes?: number
}

export interface CommandEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It took longer than its time, and was ended. */
  readonly late: boolean
  /** The last of what it wrote: to stdout, and to both. */
  readonly out: string
  readonly tail: string
}

const TAIL_BYTES = 8 * 1024
/** A child of it that lives on may hold its output open: what comes later is not waited for. */
const CLOSE_MS = 500

/**
 * Runs a program without a shell, in a process group of its own: on the signal, or when its time is over, the whole group
 * is ended, and waited for. Rejects with Node's error where it cannot be started, and with the signal's reason.
 */
export async function runCommand(asked: Command, stop: AbortSignal): Promise<CommandEnd> {
  stop.throwIfAborted()
  const child = start(asked)
  const [out, tail] = [new Tail(asked.outBytes ?? TAIL_BYTES), new Tail(TAIL_BYTES)]
  child.stdout?.on('data', (chunk: Buffer) => (out.add(chunk), tail.add(chunk)))
  child.stderr?.on('data', (chunk: Buffer) => tail.add(chunk))
  // Whoever does not read its stdin closes it: no reason to complain.
  child.stdin?.on('error', () => {}).end(asked.input)
  const closed = once(child, 'close').catch(() => [])
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const group = endingOf(child, asked.graceMs)
  let late = false
  const timer = setTimeout(() => {
    late = true
    group.end()
  }, asked.timeoutMs)
  stop.addEventListener('abort', group.end, { once: true })
  try {
    const [code, signal] = await ended
    group.over()
    await withinMs(CLOSE_MS, closed)
    stop.throwIfAborted()
    return { code, signal, late, out: out.text(), tail: tail.text() }
  } finally {
    clearTimeout(timer)
    stop.removeEventListener('abort', group.end)
    for (const stream of [child.stdout, child.stderr]) stream?.destroy()
  }
}

function start({ command, home, env }: Command): ChildProcess {
  const [program = '', ...args] = command
  const path = program.includes('/') && !isAbsolute(program) ? resolve(home, program) : program
  return spawn(path, args, { cwd: home, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Ends a group: asks it, then makes an end of it; of what is left behind a leader that was asked, at once. */
function endingOf(child: ChildProcess, graceMs: number): { readonly end: () => void; readonly over: () => void } {
  let killing: NodeJS.Timeout | null = null
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) signalGroup(child.pid, signal)
  }
  return {
    end: () => {
      if (killing !== null) return
      send('SIGTERM')
      killing = setTimeout(() => send('SIGKILL'), graceMs)
    },
    over: () => {
      if (killing === null) return
      clearTimeout(killing)
      send('SIGKILL')
    },
  }
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal)
  } catch (error) {
    // Nobody of the group is left.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function withinMs(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((done) => (timer = setTimeout(done, milliseconds)))
  await Promise.race([work, late])
  clearTimeout(timer)
}
