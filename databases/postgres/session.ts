import type pg from 'pg'
import { Failure } from '../../core/failure.js'

/**
 * One list for every session of ours, because canonical text depends on it and no timeout of the server's choosing
 * may end a long step. `search_path` is safe: nothing but the system's names is found without its schema.
 * `synchronous_commit` is left as its owner set it.
 */
const PINNED: Readonly<Record<string, string>> = {
  client_encoding: 'UTF8',
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  search_path: 'pg_catalog, pg_temp',
  default_transaction_isolation: 'read committed',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  client_min_messages: 'warning',
}

/** Pinned where this server knows them: 14 and later, 17 and later. */
const PINNED_IF_KNOWN: Readonly<Record<string, string>> = {
  idle_session_timeout: '0',
  transaction_timeout: '0',
}

const SETS = Object.entries(PINNED)
  .map(([name, value]) => `SET ${name} TO ${value.includes(',') ? value : `'${value}'`}`)
  .join('; ')

const SETS_IF_KNOWN = Object.entries(PINNED_IF_KNOWN)
  .map(
    ([name, value]) =>
      `SELECT set_config('${name}', '${value}', false) WHERE current_setting('${name}', true) IS NOT NULL`,
  )
  .join('; ')

/** A server whose worker died ends the statement within a second instead of holding its locks to the end. */
const NOTICE_DEATH = `SET client_connection_check_interval TO '1s'`

const IDENTIFY = 'SELECT pg_backend_pid() AS pid'

/**
 * Pins a fresh session, in one round trip, and makes sure that a server is at the other end: a pooler hands out a
 * process id of its own, in every mode. Throws `refused` there.
 */
export async function pinSession(client: pg.ClientBase): Promise<void> {
  const results = (await client.query(`${SETS}; ${SETS_IF_KNOWN}; ${IDENTIFY}`)) as unknown as pg.QueryResult[]
  const pid = results.at(-1)?.rows[0]?.pid as number | undefined
  if (pid !== (client as unknown as { readonly processID: number }).processID) throw behindPooler()
  // Not before 14, and not where the server's system cannot see a closed socket: then it is as it was.
  await client.query(NOTICE_DEATH).catch((error: { code?: string }) => {
    if (error.code !== '42704' && error.code !== '22023') throw error
  })
}

/** The finding's name, and the failure of whoever did not run `check` before. */
export const POOLER = {
  name: 'pooler-in-between',
  message: 'The connection goes through a pooler (PgBouncer or the like): sessions there are not our own.',
  remedy: 'Give the connection the address and port of PostgreSQL itself (usually 5432).',
} as const

const behindPooler = (): Failure => new Failure('refused', POOLER.message, { remedy: POOLER.remedy })

export const isBehindPooler = (error: unknown): boolean => error instanceof Failure && error.message === POOLER.message
