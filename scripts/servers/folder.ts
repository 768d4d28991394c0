import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { identify } from '../../client/embedded/process-identity.js'
import { serverHome } from './account.js'

/** The repository, from the sources as from dist/. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package-lock.json'))) {
    if (dirname(folder) === folder) throw new Error('not inside the repository: no package-lock.json above this file')
    folder = dirname(folder)
  }
  return folder
}

/** The one ignored folder with all that development servers write: `up` stays, `<use>-<pid>` is of one process only. */
export const devFolder = (...parts: string[]): string => join(repositoryRoot(), '.dev', ...parts)

/**
 * A fresh folder for this process's servers, so that two test runs never share one; those of processes that were killed are
 * removed. `remove` takes it away with what lies elsewhere for it.
 */
export function ownFolder(use: string): { folder: string; remove: () => void } {
  const parent = devFolder()
  mkdirSync(parent, { recursive: true })
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${use}-(\\d+)$`).exec(name)?.[1]
    if (pid !== undefined && identify(Number(pid)) === null) removeFolder(join(parent, name))
  }
  const folder = join(parent, `${use}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  return { folder, remove: () => removeFolder(folder) }
}

function removeFolder(folder: string): void {
  const home = serverHome(folder).folder
  rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
