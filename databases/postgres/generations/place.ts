import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import { aboutConnection, openPool } from '../connect.js'
import { onMaintenance } from '../database.js'
import { codeOf, toFailure, type ErrorContext } from '../errors.js'
import { ident, literal } from '../quote.js'
import type { Address } from '../url.js'

/** Databases of one published name, of one migration, on one server. */
export interface Place {
  /** Of the published database. */
  readonly address: Address
  readonly connection: string
  readonly published: string
  readonly migration: string
  /** The database that remembers the runs of all migrations on the server. */
  readonly memory: string
  readonly about: ErrorContext
  /** Told each statement before it changes something; what it throws ends the step there (tests: a death in between). */
  readonly watch: (statement: string) => void
}

/** One session. `rows` asks, `run` changes something. */
export interface Session {
  rows<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>
  run(text: string): Promise<void>
  /** `run` for what takes rights over: where the account may not, its failure says which right, and what would help. */
  give(text: string): Promise<void>
}

export function sessionOf(client: pg.ClientBase, place: Place): Session {
  const run: Session['run'] = async (text) => {
    place.watch(text)
    await client.query(text)
  }
  return {
    run,
    rows: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<R>(text, [...values])).rows,
    give: async (text) => {
      try {
        await run(text)
      } catch (error) {
        throw codeOf(error) === '42501' ? mayNotGive(place, text, error) : error
      }
    },
  }
}

/** Such a statement holds names alone, but for the value of a setting. */
function mayNotGive({ published, address }: Place, text: string, error: unknown): Failure {
  const user = ident(address.user)
  const statement = text.replace(/ SET (\S+) TO .*$/s, ' SET $1')
  const reason = (error as { message?: string }).message
  return new Failure(
    'target-privilege',
    `What people may do in ${published} cannot be carried over: the account ${address.user} may not ${statement}.`,
    { remedy: remedyFor(text, user, published), ...(reason === undefined ? {} : { private: { reason } }) },
  )
}

function remedyFor(text: string, user: string, published: string): string {
  const setting = / (?:RE)?SET ("[^ ;]+)/.exec(text)?.[1]
  if (setting === undefined)
    return `Make ${user} a member of the role that this belongs to (GRANT role TO ${user}), or take the right away in ${published}.`
  const role = /^ALTER ROLE (.+) IN DATABASE/s.exec(text)?.[1]
  return role === undefined
    ? `GRANT SET ON PARAMETER ${setting} TO ${user} (PostgreSQL 15 and later), or ALTER DATABASE ${ident(published)} RESET ${setting}.`
    : `ALTER ROLE ${user} CREATEROLE (from 16 on also GRANT ${role} TO ${user} WITH ADMIN OPTION), or ALTER ROLE ${role} IN DATABASE ${ident(published)} RESET ${setting}.`
}

/** In a session of a database that every server has, for what is done to databases. */
export const onServer = <T>(place: Place, work: (session: Session) => Promise<T>): Promise<T> =>
  onMaintenance({ address: place.address, about: place.about }, (client) => work(sessionOf(client, place)))

/** In a session of one of the databases, which is ended before this returns. */
export async function inDatabase<T>(
  place: Place,
  database: string,
  work: (session: Session, client: pg.ClientBase) => Promise<T>,
): Promise<T> {
  const address = { ...place.address, database }
  const pool = openPool(address, place.connection, 1)
  try {
    const client = await pool.connect()
    try {
      return await work(sessionOf(client, place), client)
    } catch (error) {
      throw toFailure(error, { ...aboutConnection(address, place.connection), doing: `database ${database}` })
    } finally {
      client.release(true)
    }
  } finally {
    await pool.end()
  }
}

/** A step waits for the one before it, which may be a copy of many gigabytes; then its caller tries again. */
const WAIT_FOR_TURN = '20s'

/** A worker that is away without a word, or hangs, does not keep its turn: the server ends its session. */
const TURN_ENDS = [
  `SET idle_in_transaction_session_timeout TO '30s'`,
  `SELECT set_config('idle_session_timeout', '300000', false) WHERE current_setting('idle_session_timeout', true) IS NOT NULL`,
  'SET tcp_keepalives_idle TO 10',
  'SET tcp_keepalives_interval TO 5',
  'SET tcp_keepalives_count TO 3',
  `SET lock_timeout TO '${WAIT_FOR_TURN}'`,
].join('; ')

/** One step at a time changes the databases of a published name, whatever process it is in. Throws `target-conflict`. */
export const inTurn = <T>(place: Place, work: (session: Session) => Promise<T>): Promise<T> =>
  onServer(place, async (session) => {
    await session.rows(TURN_ENDS)
    try {
      await session.rows(
        `SELECT pg_advisory_lock(hashtextextended(${literal(`nightferry generations ${place.published}`)}, 0))`,
      )
    } catch (error) {
      if (codeOf(error) !== '55P03') throw error
      throw new Failure('target-conflict', `Another step is at work on the databases of ${place.published}.`, {
        remedy: 'It is tried again by itself once that step is over: making a copy takes as long as reading its files.',
      })
    }
    return await work(session)
  })

/** All or nothing. */
export async function atOnce<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.run('BEGIN')
  try {
    const result = await work()
    await session.run('COMMIT')
    return result
  } catch (error) {
    // A session that cannot roll back is gone, and its transaction with it.
    await session.run('ROLLBACK').catch(() => {})
    throw error
  }
}

/** Whether it would work; nothing stays. */
export async function rehearse(session: Session, work: () => Promise<void>): Promise<void> {
  await session.run('BEGIN')
  try {
    await work()
  } finally {
    await session.run('ROLLBACK').catch(() => {})
  }
}
