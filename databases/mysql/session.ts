import type { Connection } from 'mysql2'
import { Failure } from '../../core/failure.js'
import { queryText } from './query.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'

/**
 * The one list of what a reading session is pinned to. Exactness rests on the first part, so a server that refuses one
 * of it is refused; the second part only keeps the server's own limits away, so a server that does not know one of
 * it (a proxy, a managed service, another version) goes without.
 */
const REQUIRED: readonly string[] = [
  // Timestamps leave the server in UTC.
  "time_zone = '+00:00'",
  // Neither PAD_CHAR_TO_FULL_LENGTH (changes char), NO_BACKSLASH_ESCAPES and ANSI_QUOTES (change our literals), REAL_AS_FLOAT nor
  // strictness: a zero or partial date may be a chunk's boundary, and strict servers refuse such a literal.
  "sql_mode = 'ALLOW_INVALID_DATES'",
  'character_set_client = utf8mb4',
  'character_set_connection = utf8mb4',
  'character_set_results = utf8mb4',
]

const A_WEEK = 604_800

const common: readonly string[] = [
  // A target that takes its time must not make the source hang up (its default is 60 s).
  `net_write_timeout = ${A_WEEK}`,
  `net_read_timeout = ${A_WEEK}`,
  `wait_timeout = ${A_WEEK}`,
  // Behind an ALTER TABLE we wait a minute, and are then seen to try again.
  'lock_wait_timeout = 60',
  'sql_select_limit = 18446744073709551615',
  'sql_big_selects = 1',
  'sql_safe_updates = 0',
  'sql_auto_is_null = 0',
  'sql_quote_show_create = 1',
  'group_concat_max_len = 1048576',
  // How many bytes a sort compares; a lower one would order long keys wrongly.
  'max_sort_length = 8192',
]

function optional(server: Server): readonly string[] {
  if (isMariaDb(server)) {
    return [
      ...common,
      'max_statement_time = 0',
      'idle_transaction_timeout = 0',
      'idle_readonly_transaction_timeout = 0',
      'idle_write_transaction_timeout = 0',
      'system_versioning_asof = DEFAULT',
      ...(isAtLeast(server, 10, 6) ? ["old_mode = 'UTF8_IS_UTF8MB3'"] : []),
    ]
  }
  if (!isAtLeast(server, 8)) return [...common, 'max_execution_time = 0', 'show_old_temporals = 0']
  return [
    ...common,
    'max_execution_time = 0',
    // Counters and row estimates are otherwise up to a day old.
    'information_schema_stats_expiry = 0',
    // FORCE INDEX of a key that is hidden would otherwise be an error.
    "optimizer_switch = 'use_invisible_indexes=on'",
    'use_secondary_engine = OFF',
    'show_gipk_in_create_table_and_information_schema = ON',
  ]
}

const set = (settings: readonly string[]): string => `SET ${settings.map((one) => `SESSION ${one}`).join(', ')}`

/** Pins a new session, and reads back what exactness rests on. Throws the driver's errors, and a Failure where a setting did not take. */
export async function pinSession(connection: Connection, server: Server): Promise<void> {
  await queryText(connection, set(REQUIRED))
  // One statement for all versions; the variables behind it changed their names. A reader cannot write by mistake either.
  await queryText(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
  await setWherePossible(connection, optional(server))
  await verify(connection, server)
}

async function setWherePossible(connection: Connection, settings: readonly string[]): Promise<void> {
  try {
    await queryText(connection, set(settings))
  } catch (error) {
    if (!isSettingRefused(error)) throw error
    for (const one of settings) {
      await queryText(connection, set([one])).catch((refused: unknown) => {
        if (!isSettingRefused(refused)) throw refused
      })
    }
  }
}

/** Unknown variable, read-only variable, wrong value or type, privilege: MySQL's and MariaDB's numbers. */
const SETTING_REFUSED = new Set([1193, 1227, 1231, 1232, 1229, 1238, 1651])

const isSettingRefused = (error: unknown): boolean =>
  SETTING_REFUSED.has((error as { readonly errno?: number }).errno ?? 0)

async function verify(connection: Connection, server: Server): Promise<void> {
  const isolation = isMariaDb(server) || !isAtLeast(server, 8) ? 'tx_isolation' : 'transaction_isolation'
  const [row] = await queryText(
    connection,
    `SELECT @@session.time_zone AS zone, @@session.sql_mode AS mode, @@session.character_set_results AS results,
      @@session.${isolation} AS isolation`,
  )
  const wanted: Record<string, string> = {
    zone: '+00:00',
    mode: 'ALLOW_INVALID_DATES',
    results: 'utf8mb4',
    isolation: 'REPEATABLE-READ',
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (row?.[name] === value) continue
    throw new Failure(
      'refused',
      `The source did not take the session's ${name}: wanted ${value}, it has ${row?.[name] ?? 'nothing'}.`,
      {
        remedy: 'Something between us and the server (a proxy, an init_connect) changes the session: connect past it.',
      },
    )
  }
}
