import type pg from 'pg'
import type { PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import { plainColumn } from './ddl.js'
import { codeOf } from './errors.js'
import { ident, qualified } from './quote.js'

/** A column as PostgreSQL itself spells it. */
export interface SpelledColumn {
  readonly name: string
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  /** Empty; `by default` or `always`. */
  readonly identity: string
  readonly generated: string | null
  readonly comment: string | null
}

export interface SpelledTable {
  readonly columns: readonly SpelledColumn[]
  /** Expressions by name. */
  readonly checks: ReadonlyMap<string, string>
}

/**
 * The plan's columns and checks in PostgreSQL's own words (`int4` is `integer`, a default gets its cast), beside those of
 * the tables. Only the server knows its words: so it makes the plan's tables, empty, in our own schema, and the
 * transaction that they are read in is rolled back.
 */
export async function readSpelled(
  client: pg.ClientBase,
  tables: readonly PlannedTable[],
  oids: readonly number[],
): Promise<{ planned: Map<number, SpelledTable>; found: Map<number, SpelledColumn[]> }> {
  const found = await readColumns(client, oids)
  const planned = new Map<number, SpelledTable>()
  await client.query('BEGIN')
  try {
    for (const table of tables) planned.set(table.ordinal, await spell(client, table))
  } finally {
    await client.query('ROLLBACK')
  }
  return { planned, found }
}

async function spell(client: pg.ClientBase, table: PlannedTable): Promise<SpelledTable> {
  // Of this session alone: others may be spelling the same plan.
  const { processID } = client as unknown as { readonly processID: number }
  const made = qualified('nightferry', `planned_${table.ordinal}_${processID}`)
  await client.query('SAVEPOINT spell')
  await make(client, made, partsOf(table))
  const { rows } = await client.query<{ oid: number }>(`SELECT to_regclass($1)::oid::bigint::float8 AS oid`, [made])
  const oid = rows[0]!.oid
  const columns = (await readColumns(client, [oid])).get(oid) ?? []
  const checks = await readChecks(client, oid)
  await client.query('ROLLBACK TO SAVEPOINT spell')
  return {
    columns: table.columns.map((column) => ({
      ...(columns.find(({ name }) => name === column.target) ?? unspelled(column)),
      notNull: takesNoNull(table, column),
    })),
    checks: new Map(table.checks.map(({ name, expression }) => [name, checks.get(name) ?? expression])),
  }
}

const partsOf = (table: PlannedTable): string[] => [
  ...table.columns.map((column) => plainColumn(counts(table, column) ? { ...column, default: null } : column)),
  ...table.checks.map(({ name, expression }) => `CONSTRAINT ${ident(name)} CHECK (${expression})`),
]

const counts = (table: PlannedTable, column: PlannedColumn): boolean => table.identity?.column === column.target

/** Counters and primary keys make their columns so. */
const takesNoNull = (table: PlannedTable, column: PlannedColumn): boolean =>
  column.notNull ||
  counts(table, column) ||
  (table.primaryKey?.columns.some((part) => part.column === column.target) ?? false)

/**
 * A type or a label that the plan needs may be gone from the target: then part for part, and what the server refuses is
 * left out, to be shown as the plan has it.
 */
async function make(client: pg.ClientBase, made: string, parts: readonly string[]): Promise<void> {
  if (await tries(client, `CREATE TABLE ${made} (${parts.join(', ')})`)) return
  await client.query(`CREATE TABLE ${made} ()`)
  for (const part of parts) await tries(client, `ALTER TABLE ${made} ADD ${part}`)
}

async function tries(client: pg.ClientBase, statement: string): Promise<boolean> {
  await client.query('SAVEPOINT try')
  try {
    await client.query(statement)
    return true
  } catch (error) {
    // Classes 22 and 42: a value, a name or an expression that the server does not take.
    if (!/^(22|42)/.test(codeOf(error)) || codeOf(error) === '42501') throw error
    await client.query('ROLLBACK TO SAVEPOINT try')
    return false
  }
}

async function readChecks(client: pg.ClientBase, oid: number): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; text: string }>(
    `SELECT conname AS name, pg_get_expr(conbin, conrelid) AS text FROM pg_constraint
     WHERE conrelid = $1::bigint::oid AND contype = 'c'`,
    [oid],
  )
  return new Map(rows.map(({ name, text }) => [name, text]))
}

const unspelled = (column: PlannedColumn): SpelledColumn => ({
  name: column.target,
  type: column.cast.to,
  notNull: column.notNull,
  default: column.default,
  identity: '',
  generated: null,
  comment: null,
})

async function readColumns(client: pg.ClientBase, oids: readonly number[]): Promise<Map<number, SpelledColumn[]>> {
  const { rows } = await client.query<SpelledColumn & { oid: number }>(
    `SELECT a.attrelid::bigint::float8 AS oid, a.attname AS name,
       format_type(a.atttypid, a.atttypmod)
         || CASE WHEN a.attcollation <> t.typcollation THEN ' collate ' || a.attcollation::regcollation ELSE '' END AS type,
       a.attnotnull AS "notNull",
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS default,
       CASE a.attidentity WHEN 'd' THEN 'by default' WHEN 'a' THEN 'always' ELSE '' END AS identity,
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END AS generated,
       col_description(a.attrelid, a.attnum) AS comment
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = ANY ($1::bigint[]::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attrelid, a.attnum`,
    [oids],
  )
  const byTable = new Map<number, SpelledColumn[]>()
  for (const { oid, ...column } of rows) byTable.set(oid, [...(byTable.get(oid) ?? []), column])
  return byTable
}
