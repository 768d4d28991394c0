import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import { PRODUCT } from '../../../core/product.js'
import { inTransaction, rowsOf, type Queryable } from '../ledger/query.js'
import { importLedger } from './import.js'
import { MEMORY_STEPS } from './schema.js'

/**
 * Makes the memory's tables, or migrates them to this code's version; what it makes beside a ledger of the same migration
 * begins with the versions and the audit trail that stand there. Repeatable, and safe at the same moment from many workers:
 * only the first makes, under an advisory lock. Throws `refused` for tables that newer code made, or that are not ours.
 */
export async function openTables(pool: pg.Pool, migration: string, steps = MEMORY_STEPS): Promise<void> {
  const found = await schemaVersion(pool)
  if (found !== null && isCurrent(found, steps.length)) return
  await inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '30s'`)
    await client.query(`select pg_advisory_xact_lock(hashtextextended('nightferry memory', 0))`)
    const version = await schemaVersion(client)
    if (version === null) await refuseStrangers(client)
    else if (isCurrent(version, steps.length)) return
    for (const step of steps.slice(version ?? 0)) await client.query(step)
    await rowsOf(
      client,
      `insert into nightferry.memory_mark (schema_version, made_by) values ($1, $2)
       on conflict (one) do update set schema_version = excluded.schema_version, made_by = excluded.made_by`,
      [steps.length, PRODUCT.version],
    )
    if (version === null) await importLedger(client, migration)
  })
}

/**
 * Brings a memory that older code made up to this code's version, and says whether there is one: as for a ledger, whoever
 * comes first after an upgrade must not meet a column that is not there yet.
 */
export async function migrateTables(pool: pg.Pool, migration: string): Promise<boolean> {
  const version = await schemaVersion(pool)
  if (version !== null && !isCurrent(version, MEMORY_STEPS.length)) await openTables(pool, migration)
  return version !== null
}

// Asked of pg_class and not by to_regclass(), which may answer from a cache older than the lock we have just waited for.
const RELATIONS = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'nightferry'`

async function schemaVersion(db: Queryable): Promise<number | null> {
  const there = await rowsOf(db, `select from ${RELATIONS} where c.relname = 'memory_mark'`)
  if (there.length === 0) return null
  const [mark] = await rowsOf<{ schema_version: number }>(db, 'select schema_version from nightferry.memory_mark')
  return mark?.schema_version ?? null
}

function isCurrent(found: number, known: number): boolean {
  if (found <= known) return found === known
  throw new Failure('refused', `a newer Nightferry made this memory of runs (schema ${found}, known ${known})`, {
    remedy: 'upgrade this worker to the version that runs elsewhere',
  })
}

async function refuseStrangers(db: Queryable): Promise<void> {
  const found = await rowsOf(db, String.raw`select from ${RELATIONS} where c.relname like 'memory\_%' limit 1`)
  if (found.length === 0) return
  throw new Failure('refused', 'schema nightferry has tables named memory_... that Nightferry did not make', {
    remedy: 'rename or drop those tables, or the schema',
  })
}
