import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../scripts/servers/folder.js'

/** The command line, as `npx nightferry` starts it. */
export const NIGHTFERRY = join(repositoryRoot(), 'bin', 'nightferry.js')

/** A folder in which `nightferry up` runs. */
export interface Up {
  readonly folder: string
  /** Of `up`, and of what was started beside it. */
  readonly pids: readonly number[]
  /** Makes a connection known to the workers, as `quick` does. */
  connect(name: string, url: string): void
  stop(): Promise<void>
}

const READY_MS = 240_000

/** Temporal and workers, running before the first command is timed. Throws with what `up` said when it does not get ready. */
export async function startUp(folder: string, variables: Readonly<Record<string, string>> = {}): Promise<Up> {
  const connections = join(folder, '.nightferry', 'connections')
  mkdirSync(connections, { recursive: true, mode: 0o700 })
  // The bench's own Temporal, with the settings that `up` gives it, even where the environment names another.
  const { TEMPORAL_ADDRESS: _other, ...env } = process.env
  const child = spawn(process.execPath, [NIGHTFERRY, 'up', '--json'], {
    cwd: folder,
    env: { ...env, ...variables },
    detached: true,
  })
  let said = ''
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(`it ended with ${signal ?? code}`))
  })
  const ready = new Promise<null>((resolve) => child.stdout.once('data', () => resolve(null)))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  const timer = setTimeout(() => child.kill('SIGTERM'), READY_MS)
  const trouble = await Promise.race([ready, ended])
  clearTimeout(timer)
  if (trouble !== null) throw new Error(`nightferry up did not get ready: ${trouble}\n${said.trim()}`)
  return {
    folder,
    pids: [child.pid ?? 0],
    connect: (name, url) => writeFileSync(join(connections, name), `${url}\n`, { mode: 0o600 }),
    stop,
  }
}

/** The same with a second data process: `up` starts one. */
export async function startUpWithTwo(folder: string): Promise<Up> {
  const up = await startUp(folder)
  const { TEMPORAL_ADDRESS: _other, ...env } = process.env
  const args = [NIGHTFERRY, 'worker', '--role', 'data', '--processes', '1']
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await up.stop()
  }
  const ready = new Promise<boolean>((resolve) => child.stdout.once('data', () => resolve(true)))
  if (!(await Promise.race([ready, ended.then(() => false)]))) {
    await up.stop()
    throw new Error('the second data process did not get ready')
  }
  return { ...up, pids: [...up.pids, child.pid ?? 0], stop }
}
