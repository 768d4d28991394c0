import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedForeignKey, PlannedTable } from '../../core/plan/types.js'
import { ident, idents, qualified, tableName } from './quote.js'

const NAMED = 10

/** The failure of a foreign key whose rows refer to nothing, with up to ten of the keys that they refer to. */
export async function orphansOf(
  client: pg.ClientBase,
  plan: Plan,
  table: PlannedTable,
  key: PlannedForeignKey,
): Promise<Failure> {
  const { rows } = await client.query<{ keys: string; rows: string; values: (string | null)[] }>(
    orphanQuery(plan, table, key),
  )
  const named = rows.map((row) => key.columns.map((column, i) => `${column}=${row.values[i]}`).join(', '))
  const keys = Number(rows[0]?.keys ?? 0)
  const more = keys > named.length ? ` (and ${keys - named.length} more)` : ''
  return new Failure(
    'constraint-violated',
    `Rows of ${table.source} refer to ${keys} keys that ${key.referencedTable} does not have: ` +
      `the foreign key ${key.target} is there and holds for new rows, but is not validated.`,
    {
      table: table.source,
      ...(key.columns.length === 1 ? { column: sourceColumn(table, key.columns[0]!) } : {}),
      remedy: `Add the missing rows or remove the orphans in the source, and run again. Or in the target, then: ALTER TABLE ${tableName(plan, table)} VALIDATE CONSTRAINT ${ident(key.target)}.`,
      private: {
        key: `${named.join('; ')}${more}`,
        reason: `${rows[0]?.rows ?? 0} rows of ${table.source} have no counterpart in ${key.referencedTable}`,
      },
    },
  )
}

/** MATCH SIMPLE: a row with a NULL in the key refers to nothing and is no orphan. */
function orphanQuery(plan: Plan, table: PlannedTable, key: PlannedForeignKey): string {
  const child = key.columns.map((column) => `c.${ident(column)}`)
  const same = key.referencedColumns.map((column, i) => `p.${ident(column)} = ${child[i]}`).join(' AND ')
  return `
    WITH orphan AS (
      SELECT ${child.join(', ')}, count(*) AS rows FROM ${tableName(plan, table)} c
      WHERE ${child.map((column) => `${column} IS NOT NULL`).join(' AND ')}
      AND NOT EXISTS (SELECT FROM ${qualified(plan.target.schema, key.referencedTable)} p WHERE ${same})
      GROUP BY ${child.join(', ')})
    SELECT ARRAY[${key.columns.map((column) => `${ident(column)}::text`).join(', ')}] AS values,
      count(*) OVER () AS keys, sum(rows) OVER () AS rows
    FROM orphan ORDER BY ${idents(key.columns)} LIMIT ${NAMED}`
}

const sourceColumn = (table: PlannedTable, target: string): string =>
  table.columns.find((column) => column.target === target)?.source ?? target
