import type pg from 'pg'
import type { AuditEntry } from '../../../core/audit.js'
import { changedBy, iso, rowsOf } from './query.js'

/** Repeatable: an entry is what it says, and stands there once. */
export async function writeAudit(pool: pg.Pool, { what, by, at, why, about }: AuditEntry): Promise<void> {
  await changedBy(
    pool,
    `insert into nightferry.audit (at, what, by_whom, why, about) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [at, what, by, why, JSON.stringify(about)],
  )
}

/** Newest first. */
export async function readAudit(pool: pg.Pool, most: number): Promise<AuditEntry[]> {
  return await rowsOf<AuditEntry>(
    pool,
    `select what, by_whom as by, ${iso('at')} as at, why, about from nightferry.audit a
     order by a.at desc, what limit $1`,
    [most],
  )
}
