import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { readUpState } from '../../client/folder.js'

const PROGRAM = fileURLToPath(new URL('../../../bin/nightferry.js', import.meta.url))
const UP_DEADLINE_MS = 60_000

export interface Up {
  stop(): Promise<void>
}

/** Runs a command of the product as a person would, its output on this terminal. Resolves to its exit code. */
export async function nightferry(args: readonly string[], folder: string, signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, stdio: 'inherit' })
  const stop = (): void => void child.kill('SIGINT')
  signal.addEventListener('abort', stop, { once: true })
  const [code] = (await once(child, 'exit')) as [number | null]
  signal.removeEventListener('abort', stop)
  return code ?? 1
}

/**
 * The same for a command that others speak beside: its progress comes as plain lines, not as a screen that is drawn anew.
 */
export function nightferryBeside(args: readonly string[], folder: string, signal: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, stdio: ['inherit', 'inherit', 'pipe'] })
  child.stderr.pipe(process.stderr, { end: false })
  return closed(child, signal)
}

/** The same, with the first lines of its output alone. */
export async function nightferryHead(
  args: readonly string[],
  lines: number,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, stdio: ['inherit', 'pipe', 'pipe'] })
  child.stderr.pipe(process.stderr, { end: false })
  let said = ''
  child.stdout.on('data', (text: Buffer) => (said += text.toString()))
  const code = await closed(child, signal)
  process.stdout.write(`${said.split('\n').slice(0, lines).join('\n')}\n`)
  return code
}

/** Its exit code, once all that it said is there. */
function closed(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const stop = (): void => void child.kill('SIGINT')
  signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve) => {
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
  })
}

/** `nightferry up` in a folder, ready when its workers are. `env`: the connections. */
export async function startUp(folder: string, env: Record<string, string>, signal: AbortSignal): Promise<Up> {
  const child = spawn(process.execPath, [PROGRAM, 'up'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (told += text.toString()))
  const deadline = Date.now() + UP_DEADLINE_MS
  while (readUpState(folder)?.workers.data == null) {
    if (child.exitCode !== null) throw new Error(`nightferry up ended:\n${told}`)
    if (signal.aborted || Date.now() > deadline) {
      await end(child)
      throw signal.aborted ? (signal.reason as Error) : new Error(`nightferry up was not ready in a minute:\n${told}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
