import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity } from './embedded/process-identity.js'

/** The folder that holds what belongs to one machine: addresses, tokens, connections. It ignores itself. */
export const FOLDER = '.nightferry'

/** Makes `.nightferry` in `base` with a .gitignore of its own; repeatable. Returns its path. */
export function ensureFolder(base: string): string {
  const folder = join(base, FOLDER)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const ignore = join(folder, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  return folder
}

/** Replaces a file as a whole, readable by its owner only: a reader never sees half of it. */
export function writePrivate(path: string, content: string): void {
  writeWhole(path, content, 0o600)
}

/** The same, readable by whomever the folder and the umask let. */
export function writeWhole(path: string, content: string, mode = 0o666): void {
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, content, { mode })
  renameSync(draft, path)
}

/** What `up` leaves for the other commands of this folder. Where the read API is, the control worker says itself. */
export interface UpState {
  readonly format: 1
  /** The `up` itself. */
  readonly up: ProcessIdentity
  readonly temporal: { readonly address: string; readonly namespace: string; readonly ui: string | null }
  /** Process ids. */
  readonly workers: { readonly control: number; readonly data: number }
}

/** What a control worker of this folder wrote; the token is empty where the environment has it. */
export interface ApiFile {
  readonly url: string
  readonly token: string
}

export const readApiFile = (base: string): ApiFile | null => readJson<ApiFile>(join(base, FOLDER, 'api.json'))

const upFile = (base: string): string => join(base, FOLDER, 'up.json')

export function writeUpState(base: string, state: UpState): void {
  ensureFolder(base)
  writePrivate(upFile(base), `${JSON.stringify(state, null, 2)}\n`)
}

export function removeUpState(base: string): void {
  rmSync(upFile(base), { force: true })
}

/** The `up` of this folder, or null where none is running: a file that a killed `up` left behind does not count. */
export function readUpState(base: string): UpState | null {
  const state = readJson<UpState>(upFile(base))
  return state !== null && state.format === 1 && isAlive(state.up) ? state : null
}

/** A small JSON file; null where it is not there or is not JSON. */
function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch {
    return null
  }
}
