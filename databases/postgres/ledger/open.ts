import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import { PRODUCT } from '../../../core/product.js'
import { inTransaction, rowsOf, type Queryable } from './query.js'
import { LEDGER_STEPS } from './schema.js'

export interface Mark {
  readonly migration: string
  readonly schema_version: number
}

/**
 * Makes schema `nightferry` and the mark, or migrates them to this code's version.
 * Repeatable, and safe at the same moment from many workers: only the first makes, under an advisory lock.
 */
export async function openLedger(pool: pg.Pool, migration: string, steps = LEDGER_STEPS): Promise<void> {
  const found = await readMark(pool)
  if (found && isCurrent(found, migration, steps.length)) return
  await inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '30s'`)
    await client.query(`select pg_advisory_xact_lock(hashtextextended('nightferry ledger', 0))`)
    const mark = await readMark(client)
    if (!mark) await refuseForeignSchema(client)
    else if (isCurrent(mark, migration, steps.length)) return
    for (const step of steps.slice(mark?.schema_version ?? 0)) await client.query(step)
    await writeMark(client, migration, steps.length)
  })
}

/**
 * Brings a ledger that older code made up to this code's version, and says whether there is one: whoever comes first after
 * an upgrade, also to read a report, must not meet a column that is not there yet. Throws `refused` for one that newer code
 * made: what its columns mean may have changed.
 */
export async function migrateLedger(pool: pg.Pool, steps = LEDGER_STEPS): Promise<boolean> {
  const mark = await readMark(pool)
  if (mark !== null && !isCurrent(mark, mark.migration, steps.length)) await openLedger(pool, mark.migration, steps)
  return mark !== null
}

// Asked of pg_class and not by to_regclass(), which may answer from a cache older than the lock we have just waited for.
const RELATIONS = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'nightferry'`

export async function readMark(db: Queryable): Promise<Mark | null> {
  const there = await rowsOf(db, `select from ${RELATIONS} where c.relname = 'mark'`)
  if (there.length === 0) return null
  const [mark] = await rowsOf<Mark>(db, 'select migration, schema_version from nightferry.mark')
  return mark ?? null
}

/** Throws `refused` where going on would harm: another migration's ledger, or one that newer code made. */
function isCurrent(mark: Mark, migration: string, version: number): boolean {
  if (mark.migration !== migration)
    throw new Failure(
      'refused',
      `the target database belongs to the migration ${mark.migration}, not to ${migration}`,
      {
        remedy: `give each migration a target database of its own, or name this one ${mark.migration}`,
      },
    )
  if (mark.schema_version > version)
    throw new Failure(
      'refused',
      `a newer Nightferry made this ledger (schema ${mark.schema_version}, known ${version})`,
      {
        remedy: 'upgrade this worker to the version that runs elsewhere',
      },
    )
  return mark.schema_version === version
}

async function refuseForeignSchema(db: Queryable): Promise<void> {
  // The memory of runs may lie in the same schema (memory/schema.ts), and may have come first.
  const found = await rowsOf(db, String.raw`select from ${RELATIONS} where c.relname not like 'memory\_%' limit 1`)
  if (found.length > 0)
    throw new Failure('refused', 'the target database has a schema nightferry that Nightferry did not make', {
      remedy: 'rename or drop that schema, or choose another target database',
    })
}

async function writeMark(db: Queryable, migration: string, version: number): Promise<void> {
  await rowsOf(
    db,
    `insert into nightferry.mark (migration, schema_version, made_by) values ($1, $2, $3)
     on conflict (one) do update set schema_version = excluded.schema_version, made_by = excluded.made_by`,
    [migration, version, PRODUCT.version],
  )
}
