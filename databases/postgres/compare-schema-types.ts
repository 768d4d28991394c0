import type pg from 'pg'
import type { Plan } from '../../core/plan/types.js'
import type { Differences } from './compare-schema-differences.js'

/** Enum types: whether they are there, with these labels in this order. */
export async function compareTypes(client: pg.ClientBase, plan: Plan, found: Differences): Promise<void> {
  const { rows } = await client.query<{ name: string; labels: string[] }>(
    `SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid
     WHERE n.nspname = $1 GROUP BY t.oid`,
    [plan.target.schema],
  )
  const labels = new Map(rows.map((row) => [row.name, JSON.stringify(row.labels)]))
  for (const table of plan.tables)
    for (const type of table.enums)
      found.add(table, `type ${type.name}`, JSON.stringify(type.labels), labels.get(type.name) ?? null)
}
