import { spawn } from 'node:child_process'
import { watchMemory, type Peaks } from './process-memory.js'

export interface Timed {
  readonly seconds: number
  readonly peaks: Peaks
  readonly stdout: string
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Processes that work for it and are not its children. */
  readonly helpers?: readonly number[]
  readonly stdin?: string
}

/** Groups of the programs that run now. */
const running = new Set<number>()

/** SIGKILL to what is being timed, for an end before the end. */
export function endRunning(): void {
  for (const group of running) process.kill(-group, 'SIGKILL')
}

const DEADLINE_MS = 10 * 60_000
const KEPT = 2_000

/** Runs a program to its end. Throws with the end of what it said unless it exits with 0 within ten minutes. */
export async function timed(command: Command): Promise<Timed> {
  const started = performance.now()
  // A group of its own, so that the deadline reaches what it started too.
  const child = spawn(command.program, command.args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...command.env },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  })
  let stdout = ''
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    said = (said + text).slice(-KEPT)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-KEPT)))
  child.stdin.on('error', () => {})
  child.stdin.end(command.stdin ?? '')
  const watch = child.pid === undefined ? null : watchMemory([child.pid, ...(command.helpers ?? [])])
  if (child.pid !== undefined) running.add(child.pid)
  const end = await ended(child)
  if (child.pid !== undefined) running.delete(child.pid)
  const seconds = (performance.now() - started) / 1000
  const peaks = watch?.end() ?? {}
  if (end !== 'exit 0') throw new Error(`${command.program} ended with ${end}: ${said.trim()}`)
  return { seconds, peaks, stdout }
}

function ended(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, DEADLINE_MS)
    const finish = (text: string): void => {
      clearTimeout(timer)
      resolve(text)
    }
    child.on('error', (error) => finish(error.message))
    child.on('close', (code, signal) => finish(signal === null ? `exit ${code}` : signal))
  })
}
