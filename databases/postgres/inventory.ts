import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { LedgerInventory } from '../../core/ledger.js'
import { ownedObjects } from './ledger/objects.js'
import { readMark } from './ledger/open.js'
import { countOf, inTransaction, rowsOf, type Queryable } from './ledger/query.js'
import { LEDGER_STEPS } from './ledger/schema.js'
import { othersIn, removeRows } from './memory/remove.js'
import { migrateTables } from './memory/open.js'
import { MEMORY_TABLES } from './memory/schema.js'
import { ident, qualified } from './quote.js'

/** What the steps of ledger and memory make, by name: whatever else is in their schema is somebody's, and stays. */
const TABLES = [
  ...[...LEDGER_STEPS.join('\n').matchAll(/^\s*create table nightferry\.(\w+)/gm)].map(([, name]) => name ?? ''),
  ...MEMORY_TABLES,
]

/** What a repair keeps aside: gone with its transaction, unless a server was brought back from an older copy of its files. */
const LEFTOVER = /^mend_(rows|ids)_\d+$/

interface Found {
  readonly name: string
  readonly kind: string
  readonly bytes: string
}

/** Relations of the schema that depend on no other: indexes, sequences and row types go with their tables. */
const FOUND = `
  select c.relname as name, c.relkind as kind, pg_total_relation_size(c.oid) as bytes from pg_catalog.pg_class c
  where c.relnamespace = 'nightferry'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    and not exists (select from pg_catalog.pg_depend d
      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i'))
  union all
  select p.proname, 'function', 0 from pg_catalog.pg_proc p where p.pronamespace = 'nightferry'::regnamespace
  union all
  select t.typname, 'type', 0 from pg_catalog.pg_type t where t.typnamespace = 'nightferry'::regnamespace
    and t.typrelid = 0 and t.typelem = 0 and t.typtype <> 'm'
  order by 1`

const isOurs = ({ name, kind }: Found): boolean => kind === 'r' && (TABLES.includes(name) || LEFTOVER.test(name))

/** What of the tool's is in this database; null where it has no mark of ours. */
export async function readInventory(db: Queryable): Promise<LedgerInventory | null> {
  const mark = await readMark(db)
  if (mark === null) return null
  const found = await rowsOf<Found & pg.QueryResultRow>(db, FOUND)
  const [counts] = await rowsOf<{ versions: number; runs: number }>(
    db,
    `select (select count(*)::int from nightferry.version) as versions, (select count(*)::int from nightferry.run) as runs`,
  )
  const kept = await ownedObjects(db)
  const named = (kind: 'table' | 'type'): string[] =>
    kept.filter((object) => object.kind === kind).map(({ schema, name }) => `${schema}.${name}`)
  const ours = found.filter(isOurs)
  return {
    migration: mark.migration,
    tables: ours.length,
    bytes: ours.reduce((sum, { bytes }) => sum + countOf(bytes), 0),
    versions: counts?.versions ?? 0,
    runs: counts?.runs ?? 0,
    leftovers: ours.map(({ name }) => name).filter((name) => LEFTOVER.test(name)),
    strangers: found.filter((one) => !isOurs(one)).map(({ name }) => name),
    kept: { tables: named('table'), types: named('type') },
  }
}

/**
 * Drops the ledger's tables in one transaction, without CASCADE: what others hung on them makes the server refuse, and
 * nothing is gone then. The schema goes with them where nothing else is in it. A memory that lies beside it goes as well,
 * unless other migrations are remembered there: of that the migration's rows go.
 */
export async function removeLedger(pool: pg.Pool, migration: string): Promise<void> {
  // By its tables it is known: those of older code have not all of them.
  await migrateTables(pool, migration)
  await inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '10s'`)
    const mark = await readMark(client)
    if (mark === null) return
    if (mark.migration !== migration)
      throw new Failure(
        'refused',
        `the target database belongs to the migration ${mark.migration}, not to ${migration}`,
        {
          remedy: `clean it under its own name: nightferry clean ${mark.migration}`,
        },
      )
    const found = await rowsOf<Found & pg.QueryResultRow>(client, FOUND)
    const hasMemory = MEMORY_TABLES.every((table) => found.some(({ name }) => name === table))
    const stays = hasMemory && (await othersIn(client, migration)).length > 0
    if (stays) await removeRows(client, migration)
    const goes = (one: Found): boolean => isOurs(one) && !(stays && MEMORY_TABLES.includes(one.name))
    const ours = found.filter(goes).map(({ name }) => qualified('nightferry', name))
    if (ours.length > 0) await client.query(`drop table ${ours.join(', ')} restrict`)
    if (found.every(goes)) await client.query(`drop schema ${ident('nightferry')} restrict`)
  })
}
