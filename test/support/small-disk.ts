import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverHome } from '../../scripts/servers/account.js'

/** A file system of its own that a test fills and grows: what a server writes there meets a disk that really is full. */
export interface SmallDisk {
  readonly folder: string
  grow(megabytes: number): void
  /** Once nobody uses it any more. */
  remove(): void
}

/** In memory, owned by the account that the servers run as. Mounting takes root, or sudo without a password. */
export function smallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'nightferry-disk-'))
  chmodSync(folder, 0o755)
  const { account } = serverHome(tmpdir())
  const { uid, gid } = account ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const size = (now: number): string => `size=${now}m,uid=${uid},gid=${gid},mode=700`
  asRoot('mount', '-t', 'tmpfs', '-o', size(megabytes), 'tmpfs', folder)
  return {
    folder,
    grow: (now) => asRoot('mount', '-o', `remount,${size(now)}`, folder),
    remove: () => {
      asRoot('umount', '-l', folder)
      rmdirSync(folder)
    },
  }
}

function asRoot(...command: readonly [string, ...string[]]): void {
  const [program, ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command]
  try {
    execFileSync(program, args, { stdio: 'pipe' })
  } catch (error) {
    throw new Error(`A disk that can be full is needed: run this tier as root, or let sudo ask for no password`, {
      cause: error,
    })
  }
}
