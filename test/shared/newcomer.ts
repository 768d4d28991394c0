import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitUntil } from '../support/wait.js'

const PROGRAM = fileURLToPath(new URL('../../bin/nightferry.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Typed {
  readonly child: ChildProcess
  /** What it has said so far, both streams. */
  said(): string
  readonly ended: Promise<Ended>
}

/** Somebody in an empty folder, with nothing running and nothing configured. */
export interface Newcomer {
  readonly folder: string
  /** Types a command; passwords and the like go into the environment. */
  type(args: readonly string[], env?: Readonly<Record<string, string>>): Typed
  /** `nightferry up`; returns when it says that it is ready. */
  up(): Promise<Typed>
  /** Ends what is still running and removes the folder. */
  leave(): Promise<void>
}

export function arrive(): Newcomer {
  const folder = mkdtempSync(join(tmpdir(), 'newcomer-'))
  const commands: Typed[] = []
  const type: Newcomer['type'] = (args, env = {}) => {
    const command = typed(folder, args, { ...plainEnvironment(), ...env })
    commands.push(command)
    return command
  }
  return {
    folder,
    type,
    async up() {
      const up = type(['up'])
      await waitUntil('nightferry up', () => up.said().includes('Ctrl-C ends all'), 60_000)
      return up
    },
    async leave() {
      for (const { child } of commands) child.kill('SIGTERM')
      await Promise.all(commands.map(({ ended }) => ended))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Ours, without what names servers, connections and passwords. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const named = /^(?:NIGHTFERRY|TEMPORAL|TEST|MYSQL|PG|VITEST|NODE_)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !named.test(name)))
}

function typed(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Typed {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
  return { child, said: () => stdout + stderr, ended }
}

/** Command lines of the processes that were started in the folder or for it; `[]` where all have ended. */
export function processesOf(folder: string): string[] {
  return processes()
    .filter(({ command, environment }) => command.includes(folder) || environment.includes(folder))
    .map(({ command }) => command)
}

/** What the process list shows to everyone. */
export const commandLines = (): string[] => processes().map(({ command }) => command)

function processes(): { command: string; environment: string }[] {
  const read = (pid: string, what: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${what}`, 'utf8').replaceAll('\0', ' ').trim()
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return ''
    }
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  return pids.map((pid) => ({ command: read(pid, 'cmdline'), environment: read(pid, 'environ') }))
}

/** Every file below the folder, by its path in it, with its permissions and its bytes. */
export function filesIn(folder: string): { path: string; mode: number; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({
      path: file.slice(folder.length + 1),
      mode: statSync(file).mode & 0o777,
      bytes: readFileSync(file),
    }))
}
