import type pg from 'pg'
import type { MemoryInventory } from '../../../core/memory.js'
import { rowsOf, type Queryable } from '../ledger/query.js'

/** Those with a row of each migration of their own; a run's tables go with it. */
const OF_MIGRATIONS = ['memory_run', 'memory_version', 'memory_audit', 'memory_fitness', 'memory_waiver'] as const

/** What there is of a migration, and whose rows stand beside it. */
export async function readMemory(db: Queryable, migration: string): Promise<MemoryInventory> {
  const [counts] = await rowsOf<{ versions: number; runs: number; entries: number }>(
    db,
    `select (select count(*)::int from nightferry.memory_version where migration = $1) as versions,
       (select count(*)::int from nightferry.memory_run where migration = $1) as runs,
       (select count(*)::int from nightferry.memory_audit where migration = $1) as entries`,
    [migration],
  )
  const { versions = 0, runs = 0, entries = 0 } = counts ?? {}
  return { versions, runs, entries, others: await othersIn(db, migration) }
}

/** Other migrations that are remembered here, by name. */
export async function othersIn(db: Queryable, migration: string): Promise<string[]> {
  const each = OF_MIGRATIONS.map((table) => `select migration from nightferry.${table}`)
  const rows = await rowsOf<{ migration: string }>(
    db,
    `select migration from (${each.join(' union ')}) all_of_them where migration <> $1 order by 1`,
    [migration],
  )
  return rows.map((row) => row.migration)
}

/** Forgets a migration, in the transaction of `client`; tables and database stay. Repeatable. */
export async function removeRows(client: pg.ClientBase, migration: string): Promise<void> {
  for (const table of OF_MIGRATIONS)
    await rowsOf(client, `delete from nightferry.${table} where migration = $1`, [migration])
}
