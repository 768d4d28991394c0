import { createHash } from 'node:crypto'
import { chownSync, lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Where the databases keep their files, and as whom they run. */
export interface ServerHome {
  readonly folder: string
  /** Null: as ourselves. PostgreSQL refuses to run as root, so as root it is `nobody`, which every system has. */
  readonly account: Account | null
  /** For a person: `, files in /tmp/...` where they do not lie in the folder that was asked for. */
  readonly remark: string
}

const NOBODY: Account = { uid: 65_534, gid: 65_534 }

/**
 * The folder itself, made if need be. As root, `nobody` must reach it: a checkout under /root or in a `mktemp -d` cannot be
 * entered by others, and then the files lie under the system's temporary folder, by a name made of the folder's.
 */
export function serverHome(folder: string): ServerHome {
  mkdirSync(folder, { recursive: true })
  if (process.getuid?.() !== 0) return { folder: resolve(folder), account: null, remark: '' }
  if (isOpenToOthers(folder)) return { folder: resolve(folder), account: NOBODY, remark: '' }
  const digest = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 12)
  const elsewhere = join(tmpdir(), `nightferry-dev-${digest}`)
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 })
  const made = lstatSync(elsewhere)
  if (!made.isDirectory() || made.uid !== 0) throw new Error(`${elsewhere} is there and not ours: remove it`)
  return { folder: elsewhere, account: NOBODY, remark: `, files in ${elsewhere}` }
}

/** Whether other accounts can enter a folder: the right to search it and every folder above it. */
export function isOpenToOthers(folder: string): boolean {
  const whole = realpathSync(folder)
  const enterable = (statSync(whole).mode & 0o001) !== 0
  return enterable && (dirname(whole) === whole || isOpenToOthers(dirname(whole)))
}

/** A folder inside the home that the servers' account owns. */
export function ownedFolder(home: ServerHome, name: string): string {
  const folder = join(home.folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (home.account) chownSync(folder, home.account.uid, home.account.gid)
  return folder
}
