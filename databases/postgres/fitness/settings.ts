import type pg from 'pg'
import type { ServerFacts, Setting, SettingName } from '../../../core/fitness/facts.js'
import { rowsOf } from './asking.js'

interface Row {
  readonly name: SettingName
  readonly value: string
  readonly source: string
  /** It has the value that the program begins with. */
  readonly original: boolean
}

const NAMES: Readonly<Record<SettingName, 'value' | 'command'>> = {
  archive_mode: 'value',
  archive_command: 'command',
  archive_library: 'command',
  wal_level: 'value',
  data_checksums: 'value',
  fsync: 'value',
  full_page_writes: 'value',
  max_connections: 'value',
  superuser_reserved_connections: 'value',
  autovacuum: 'value',
  track_counts: 'value',
  shared_buffers: 'value',
  effective_cache_size: 'value',
  work_mem: 'value',
  maintenance_work_mem: 'value',
  max_wal_size: 'value',
}

/** What initdb writes into postgresql.conf although it is what the program would begin with. */
const WRITTEN_BY_INITDB: readonly SettingName[] = ['shared_buffers', 'max_connections', 'max_wal_size']

/** What our account has set for itself says nothing of the server: many give it more memory for the load alone. */
const OF_OUR_ACCOUNT = ['user', 'database user', 'client', 'session']

/** Null for one that this server does not have, or does not show to this account. */
export async function readSettings(client: pg.ClientBase): Promise<ServerFacts['settings']> {
  const rows = await rowsOf<Row>(
    client,
    `SELECT name, current_setting(name) AS value, source, setting IS NOT DISTINCT FROM boot_val AS original
     FROM pg_settings WHERE name = ANY($1)`,
    [Object.keys(NAMES)],
  )
  const known = new Map(rows.map((row) => [row.name, settingOf(row)]))
  const names = Object.keys(NAMES) as SettingName[]
  return Object.fromEntries(names.map((name) => [name, known.get(name) ?? null])) as Record<SettingName, Setting | null>
}

/** What goes on of a row of pg_settings. */
export function settingOf({ name, value, source, original }: Row): Setting {
  return {
    value: NAMES[name] === 'value' ? value : commandOf(value),
    untouched:
      source === 'default' ||
      OF_OUR_ACCOUNT.includes(source) ||
      (original && source === 'configuration file' && WRITTEN_BY_INITDB.includes(name)),
    ...(source === 'command line' && { fixed: true }),
  }
}

/** What people write so that the log is thrown away, and every file counts as archived. */
const DOES_NOTHING = /^(?:(?:(?:\/usr)?\/bin\/)?true|:)(?:\s[^;&|]*)?$|^exit\s+0$/

/** A command may hold a password, so only whether there is one goes on; `(disabled)` is what archive_mode = off makes of it. */
function commandOf(value: string): string {
  const command = value.trim()
  if (command === '' || command === '(disabled)') return ''
  return DOES_NOTHING.test(command) ? '(does nothing)' : '(set)'
}
