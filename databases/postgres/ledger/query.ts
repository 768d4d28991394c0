import type pg from 'pg'
import type { Key } from '../../../core/key-range.js'

/** A pool or one of its clients: whatever takes a statement. */
export type Queryable = Pick<pg.ClientBase, 'query'> | Pick<pg.Pool, 'query'>

/** Rows of one statement. Columns that the session's type parsers could spell in two ways are cast in the statement. */
export async function rowsOf<R extends pg.QueryResultRow>(
  db: Queryable,
  text: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const result = await (db as Pick<pg.ClientBase, 'query'>).query<R>(text, [...values])
  return result.rows
}

/** How many rows a statement changed. */
export async function changedBy(db: Queryable, text: string, values: readonly unknown[]): Promise<number> {
  const result = await (db as Pick<pg.ClientBase, 'query'>).query(text, [...values])
  return result.rowCount ?? 0
}

/** Runs `work` in a READ COMMITTED transaction of its own; a client that failed to roll back is not used again. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin isolation level read committed')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((second: Error) => {
      broken = second
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** bigint and numeric arrive as digits: counts of rows and bytes stay below 2^53. Never for keys. */
export function countOf(digits: string | number | null): number {
  const value = Number(digits ?? 0)
  if (!Number.isSafeInteger(value)) throw new Error(`not a count: ${digits}`)
  return value
}

/** A key column that was selected as text. */
export const keyOf = (text: string | null): Key | null => (text === null ? null : (JSON.parse(text) as Key))

/** A timestamptz column as ISO 8601 in UTC, whatever the session's DateStyle. */
export const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
