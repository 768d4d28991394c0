import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readLock } from '../../client/embedded/folder-lock.js'
import type { ProcessIdentity } from '../../client/embedded/process-identity.js'
import { devFolder } from './folder.js'
import type { ServerUrls } from './start-servers.js'

/** `.dev/servers.json`: what `npm run dev:up` started, as long as it runs. */
export interface UpState {
  readonly urls: ServerUrls
  readonly pids: Readonly<Record<string, number>>
  readonly supervisor: number
}

export const upFolder = (): string => devFolder('up')
const stateFile = (): string => devFolder('servers.json')

export function writeUpState(state: UpState): void {
  const beside = `${stateFile()}.${process.pid}`
  writeFileSync(beside, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(beside, stateFile())
}

export const removeUpState = (): void => rmSync(stateFile(), { force: true })

/** The process that holds the servers of `dev:up`; null where none is alive. */
export function upHolder(): ProcessIdentity | null {
  const found = readLock(upFolder())
  return found?.alive ? found.holder : null
}

/** The servers of a `dev:up` that is alive; null otherwise, whatever the file says. */
export function readUpState(): UpState | null {
  const holder = upHolder()
  if (holder === null) return null
  try {
    const state = JSON.parse(readFileSync(stateFile(), 'utf8')) as UpState
    return state.supervisor === holder.pid ? state : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
