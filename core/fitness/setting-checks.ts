import { plural } from '../numbers.js'
import type { ServerFacts, Setting, SettingName, SourceFacts } from './facts.js'
import type { Asked } from './gathered.js'
import { changing, green, MONITOR, red, unknown, type Found } from './result.js'

/** A setting that is to be on, and nothing else. */
const isOn =
  (name: SettingName, risk: string, remedy: string) =>
  ({ settings }: ServerFacts): Found => {
    const setting = settings[name]
    if (setting === null) return unknown(`${name} could not be read`, MONITOR)
    const { value } = setting
    return value === 'on'
      ? green(`${name} is on`)
      : red(`${name} is ${value}: ${risk}`, changing(name, setting, 'on', remedy))
  }

export const dataChecksums = isOn(
  'data_checksums',
  'a page that a disk changes goes unseen',
  'Stop the server and run `pg_checksums --enable -D DATA`; new clusters: `initdb --data-checksums`.',
)

export const fsync = isOn(
  'fsync',
  'a power cut can destroy the cluster',
  '`ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();`',
)

export const fullPageWrites = isOn(
  'full_page_writes',
  'a page that was half written at a crash cannot be mended',
  '`ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();`',
)

const OR_POOLER = 'Or put a pooler before the server, and say so in a waiver.'

/** PostgreSQL's own default. */
const RESERVED = 3

/** May as many sessions be there as the source has ever had? */
export function maxConnections({ settings }: ServerFacts, source: Asked<SourceFacts>): Found {
  const most = Number(settings.max_connections?.value)
  if (!Number.isFinite(most)) return unknown('max_connections could not be read', MONITOR)
  const usable = most - Number(settings.superuser_reserved_connections?.value ?? RESERVED)
  const here = `${usable} of max_connections = ${most} are for ordinary roles`
  if (!source.told) return unknown(`${here}; the source could not be asked: ${source.why}`, source.remedy)
  const { mostUsed, maxConnections: allowed } = source.facts
  const need = mostUsed ?? allowed
  if (need === null) return unknown(`${here}; the source did not say how many it had`, MONITOR)
  const there =
    mostUsed === null
      ? `the source allows ${need}`
      : `the source had ${plural(need, 'session')} at most since it started`
  if (usable >= need) return green(`${here}; ${there}`)
  const enough = `${need + (most - usable)}`
  const set = `\`ALTER SYSTEM SET max_connections = ${enough}\` and restart the server.`
  return red(`${here}; ${there}`, `${changing('max_connections', settings.max_connections, enough, set)} ${OR_POOLER}`)
}

const MEMORY = ['shared_buffers', 'effective_cache_size', 'work_mem', 'maintenance_work_mem'] as const

/** Memory settings that nobody ever touched are those of a server of 2005. */
export function memorySettings({ settings }: ServerFacts): Found {
  const known = MEMORY.flatMap((name) => (settings[name] === null ? [] : [{ name, ...settings[name] }]))
  const said = (some: readonly (Setting & { name: string })[]): string =>
    some.map(({ name, value }) => `${name} = ${value}`).join(', ')
  const set = known.filter(({ untouched }) => !untouched)
  if (set.length > 0) return green(`set: ${said(set)}`)
  if (known.length < MEMORY.length) return unknown('not all memory settings could be read', MONITOR)
  return red(
    `never set: ${said(known)}`,
    'Set them for this machine: shared_buffers about a quarter of its memory, effective_cache_size about a half, work_mem and maintenance_work_mem by what queries need.',
  )
}
