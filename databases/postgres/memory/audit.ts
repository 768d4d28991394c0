import type { AuditEntry } from '../../../core/audit.js'
import { changedBy, iso, rowsOf, type Queryable } from '../ledger/query.js'

/** Repeatable: an entry is what it says, and stands there once. */
export async function writeAudit(db: Queryable, migration: string, entry: AuditEntry): Promise<void> {
  const { what, by, at, why, about } = entry
  await changedBy(
    db,
    `insert into nightferry.memory_audit (migration, at, what, by_whom, why, about) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [migration, at, what, by, why, JSON.stringify(about)],
  )
}

/** Newest first. */
export async function readAudit(db: Queryable, migration: string, most: number): Promise<AuditEntry[]> {
  return await rowsOf<AuditEntry & { [column: string]: unknown }>(
    db,
    `select what, by_whom as by, ${iso('at')} as at, why, about from nightferry.memory_audit a
     where migration = $1 order by a.at desc, what limit $2`,
    [migration, most],
  )
}
