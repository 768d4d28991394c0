import type pg from 'pg'
import type { Plan } from '../../core/plan/types.js'

/** What bears a planned table's name. */
export interface Relation {
  readonly oid: number
  /** `table`, or what stands in its place. */
  readonly kind: string
  readonly comment: string | null
}

export async function readRelations(client: pg.ClientBase, plan: Plan): Promise<Map<string, Relation>> {
  const { rows } = await client.query<Relation & { name: string }>(
    `SELECT c.relname AS name, c.oid::bigint::float8 AS oid, obj_description(c.oid, 'pg_class') AS comment,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
         WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence'
         WHEN 'i' THEN 'index' ELSE 'another object' END AS kind
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = ANY ($2)`,
    [plan.target.schema, plan.tables.map((table) => table.target)],
  )
  return new Map(rows.map(({ name, ...relation }) => [name, relation]))
}
