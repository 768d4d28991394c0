import type pg from 'pg'
import { codeOf } from '../errors.js'

/** What an account may not see, a version does not know, a standby does not answer: not an error of the whole. */
const NOT_TOLD = /^(42|0A|55)/

/**
 * One part of the facts, in a statement of its own, so that one that is refused takes no other along. Null where the
 * server does not tell it; throws what a connection that is lost throws.
 */
export async function asked<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (NOT_TOLD.test(codeOf(error))) return null
    throw error
  }
}

export async function rowsOf<T extends pg.QueryResultRow>(
  client: pg.ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<T[]> {
  return (await client.query<T>(sql, [...values])).rows
}

/** A moment as our documents hold it. */
export const moment = (sql: string): string => `to_char((${sql}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
