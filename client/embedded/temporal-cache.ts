import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { identify } from './process-identity.js'

/** The version that we obtain where none is installed: the last that `go install` can build (v1.6.0 has a `replace`). */
export const TEMPORAL_CLI = '1.5.1'

/** `$XDG_CACHE_HOME/nightferry/temporal/1.5.1/temporal`, or under `~/.cache`. */
export function cachedTemporal(env: NodeJS.ProcessEnv): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache')
  return join(cache, 'nightferry', 'temporal', TEMPORAL_CLI, 'temporal')
}

/** The first program of that name on the environment's PATH. */
export function findOnPath(program: string, env: NodeJS.ProcessEnv): string | null {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, program)
    if (folder !== '' && isExecutable(file)) return file
  }
  return null
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What `temporal --version` prints, without its first words: `1.5.1 (Server 1.29.1, UI 2.42.1)`. Throws where it does not run. */
export async function temporalVersion(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: 20_000 })
  return stdout.trim().replace(/^temporal version /, '')
}

/**
 * Hands over a folder of this process's own inside the cache; the binary that `fill` returns is tried and then moved
 * into its place in one step. Nothing is left of it when that fails, or of an earlier one whose process was killed.
 */
export async function fillCache(env: NodeJS.ProcessEnv, fill: (folder: string) => Promise<string>): Promise<string> {
  const place = cachedTemporal(env)
  const root = dirname(dirname(place))
  mkdirSync(dirname(place), { recursive: true })
  removeDeadWorkshops(root)
  const workshop = join(root, `.making-${process.pid}-${randomBytes(3).toString('hex')}`)
  mkdirSync(workshop)
  try {
    const made = await fill(workshop)
    await temporalVersion(made)
    renameSync(made, place)
    return place
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

function removeDeadWorkshops(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = /^\.making-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && identify(Number(pid)) === null) rmSync(join(root, name), { recursive: true, force: true })
  }
}
