import type pg from 'pg'
import { readMark } from '../ledger/open.js'
import { rowsOf } from '../ledger/query.js'

/**
 * Takes over what the ledger beside it has of before there was a memory: versions and the audit trail. The ledger must be
 * of this code's version. Nothing where there is none, or where it is another migration's. Repeatable.
 */
export async function importLedger(client: pg.PoolClient, migration: string): Promise<void> {
  const mark = await readMark(client)
  if (mark === null || mark.migration !== migration) return
  await rowsOf(
    client,
    `insert into nightferry.memory_version (migration, number, config, config_format, plan, plan_hash, tables, made_by, made_at)
     select $1, number, config, config_format, plan, plan_hash,
       (select count(*)::int from nightferry.version_table t where t.version = v.number), made_by, made_at
     from nightferry.version v on conflict do nothing`,
    [migration],
  )
  await rowsOf(
    client,
    `insert into nightferry.memory_audit (migration, at, what, by_whom, why, about)
     select $1, at, what, by_whom, why, about from nightferry.audit on conflict do nothing`,
    [migration],
  )
}
