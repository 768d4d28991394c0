import type { TableMemory } from '../../../core/memory.js'
import type { RunId } from '../../../core/run.js'
import { countOf, rowsOf, type Queryable } from '../ledger/query.js'

/** In the transaction that saves the run: what was saved of its tables before goes. */
export async function saveTables(
  db: Queryable,
  migration: string,
  run: RunId,
  tables: readonly TableMemory[],
): Promise<void> {
  await rowsOf(db, 'delete from nightferry.memory_table where migration = $1 and run = $2', [migration, run])
  const of = <T>(take: (table: TableMemory) => T): T[] => tables.map(take)
  const json = (take: (table: TableMemory) => unknown): (string | null)[] =>
    of((table) => (take(table) === null ? null : JSON.stringify(take(table))))
  await rowsOf(
    db,
    `insert into nightferry.memory_table
       (migration, run, ordinal, name, state, rows, bytes, seconds, digest, columns, indexes, counter, failures)
     select $1, $2, n - 1, name, state, rows, bytes, seconds, digest, columns::json, indexes::json, counter::json, failures::json
     from unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::float8[], $8::text[], $9::text[], $10::text[],
       $11::text[], $12::text[]) with ordinality
       as t (name, state, rows, bytes, seconds, digest, columns, indexes, counter, failures, n)`,
    [
      ...[migration, run, of((t) => t.table), of((t) => t.state), of((t) => t.rows), of((t) => t.bytes)],
      ...[of((t) => t.seconds), of((t) => t.digest), json((t) => t.columns), json((t) => t.indexes)],
      ...[json((t) => t.counter), json((t) => t.failures)],
    ],
  )
}

interface TableRow {
  readonly run: RunId
  readonly name: string
  readonly state: string
  readonly rows: string
  readonly bytes: string
  readonly seconds: number
  readonly digest: string | null
  readonly columns: string
  readonly indexes: string
  readonly counter: string | null
  readonly failures: string
}

const TABLE = `select run, name, state, rows, bytes, seconds, digest, columns::text as columns, indexes::text as indexes,
    counter::text as counter, failures::text as failures
  from nightferry.memory_table where migration = $1`

const tableOf = (row: TableRow): TableMemory => ({
  table: row.name,
  rows: countOf(row.rows),
  bytes: countOf(row.bytes),
  seconds: row.seconds,
  digest: row.digest,
  state: row.state,
  columns: JSON.parse(row.columns) as TableMemory['columns'],
  indexes: JSON.parse(row.indexes) as string[],
  counter: row.counter === null ? null : (JSON.parse(row.counter) as TableMemory['counter']),
  failures: JSON.parse(row.failures) as TableMemory['failures'],
})

/** In the plan's order. */
export async function readTables(db: Queryable, migration: string, run: RunId): Promise<TableMemory[]> {
  const rows = await rowsOf<TableRow & { [column: string]: unknown }>(db, `${TABLE} and run = $2 order by ordinal`, [
    migration,
    run,
  ])
  return rows.map(tableOf)
}

/** Of the last runs that had the table, newest first. */
export async function readTableRuns(
  db: Queryable,
  migration: string,
  table: string,
  most: number,
): Promise<(TableMemory & { readonly run: RunId })[]> {
  const rows = await rowsOf<TableRow & { [column: string]: unknown }>(
    db,
    `${TABLE} and name = $2 order by left(run, 15) desc, length(run) desc, run desc limit $3`,
    [migration, table, most],
  )
  return rows.map((row) => ({ ...tableOf(row), run: row.run }))
}
