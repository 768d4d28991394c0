import type pg from 'pg'
import type { Plan, PlannedForeignKey, PlannedTable } from '../../core/plan/types.js'
import type { Differences } from './compare-schema-differences.js'

interface FoundConstraint {
  readonly name: string
  readonly kind: 'foreign key' | 'check'
  readonly text: string
  readonly valid: boolean
}

/** Foreign keys and checks: there, as planned, validated; those that people added. */
export function compareConstraints(
  found: Differences,
  table: PlannedTable,
  checks: ReadonlyMap<string, string>,
  there: readonly FoundConstraint[],
): void {
  const planned = new Map([
    ...table.foreignKeys.map((key): [string, string] => [`foreign key ${key.target}`, foreignKeyText(key)]),
    ...[...checks].map(([name, expression]): [string, string] => [`check ${name}`, expression]),
  ])
  const constraints = new Map(there.map((constraint) => [`${constraint.kind} ${constraint.name}`, constraint]))
  for (const [name, text] of planned) {
    const is = constraints.get(name)
    constraints.delete(name)
    const subject = subjectOf(table, name)
    found.add(table, subject, text, is?.text ?? null)
    if (is !== undefined && !is.valid) found.add(table, subject, 'validated', 'not validated', true)
  }
  for (const [name, { text, valid }] of constraints)
    found.add(table, subjectOf(table, name), null, valid ? text : `${text} not validated`)
}

/** `foreign key orders.orders_customer_fkey` */
const subjectOf = (table: PlannedTable, name: string): string =>
  name.replace(/^(foreign key|check) /, (kind) => `${kind}${table.target}.`)

const foreignKeyText = (key: PlannedForeignKey): string =>
  `(${key.columns.join(', ')}) to ${key.referencedTable} (${key.referencedColumns.join(', ')}) ` +
  `on update ${key.onUpdate} on delete ${key.onDelete}`

/** By table oid. */
export async function readConstraints(
  client: pg.ClientBase,
  plan: Plan,
  oids: readonly number[],
): Promise<Map<number, FoundConstraint[]>> {
  const { rows } = await client.query<FoundConstraint & { oid: number }>(CONSTRAINTS, [oids, plan.target.schema])
  const byTable = new Map<number, FoundConstraint[]>()
  for (const { oid, ...constraint } of rows) byTable.set(oid, [...(byTable.get(oid) ?? []), constraint])
  return byTable
}

const namesOf = (relation: string, numbers: string): string =>
  `(SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(${numbers}) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)`

const rule = (column: string): string =>
  `CASE ${column} WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
    WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END`

// Not-null constraints (18 and later) are the columns' own; unique and primary ones are their indexes.
const CONSTRAINTS = `
  SELECT c.conrelid::bigint::float8 AS oid, c.conname AS name, c.convalidated AS valid,
    CASE c.contype WHEN 'f' THEN 'foreign key' ELSE 'check' END AS kind,
    CASE c.contype WHEN 'c' THEN pg_get_expr(c.conbin, c.conrelid) ELSE
      '(' || ${namesOf('c.conrelid', 'c.conkey')} || ') to '
      || CASE WHEN n.nspname = $2 THEN '' ELSE n.nspname || '.' END || r.relname
      || ' (' || ${namesOf('c.confrelid', 'c.confkey')} || ')'
      || ' on update ' || ${rule('c.confupdtype')} || ' on delete ' || ${rule('c.confdeltype')}
      || CASE WHEN c.confmatchtype <> 's' THEN ' match full' ELSE '' END
      || CASE WHEN c.condeferrable THEN ' deferrable' ELSE '' END
    END || CASE WHEN (to_jsonb(c) ->> 'conenforced')::boolean IS FALSE THEN ' not enforced' ELSE '' END AS text
  FROM pg_constraint c LEFT JOIN pg_class r ON r.oid = c.confrelid LEFT JOIN pg_namespace n ON n.oid = r.relnamespace
  WHERE c.conrelid = ANY ($1::bigint[]::oid[]) AND c.contype IN ('c', 'f') AND c.conparentid = 0
  ORDER BY c.conname`
