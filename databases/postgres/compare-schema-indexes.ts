import type pg from 'pg'
import type { PlannedIndex, PlannedTable } from '../../core/plan/types.js'
import type { Differences } from './compare-schema-differences.js'

interface FoundIndex {
  readonly name: string
  readonly unique: boolean
  readonly primary: boolean
  readonly valid: boolean
  /** What a planned index never has: another method, a condition, included columns. */
  readonly more: string
  readonly columns: readonly string[]
  readonly comment: string | null
}

/** There, with these columns in this order, unique or not, and valid; indexes that people added. */
export function compareIndexes(found: Differences, table: PlannedTable, there: readonly FoundIndex[]): void {
  comparePrimaryKey(
    found,
    table,
    there.find((index) => index.primary),
  )
  const others = new Map(there.filter((index) => !index.primary).map((index) => [index.name, index]))
  for (const planned of table.indexes) {
    const subject = `index ${table.target}.${planned.target}`
    const is = others.get(planned.target)
    others.delete(planned.target)
    found.add(table, subject, plannedText(planned), is === undefined ? null : foundText(is))
    if (is === undefined) continue
    if (!is.valid) found.add(table, subject, 'valid', 'not valid', true)
    found.comment(table, subject, planned.comment, is.comment)
  }
  for (const index of others.values()) found.add(table, `index ${table.target}.${index.name}`, null, foundText(index))
}

function comparePrimaryKey(found: Differences, table: PlannedTable, is: FoundIndex | undefined): void {
  const subject = `primary key ${table.target}`
  const planned = table.primaryKey
  // PostgreSQL's primary keys have no direction.
  const text = planned && `${planned.target} (${planned.columns.map((part) => part.column).join(', ')})`
  found.add(table, subject, text, is === undefined ? null : `${is.name} (${is.columns.join(', ')})${is.more}`)
  if (planned === null || is === undefined) return
  if (!is.valid) found.add(table, subject, 'valid', 'not valid', true)
}

const plannedText = ({ unique, columns }: PlannedIndex): string =>
  spelled(
    unique,
    columns.map((part) => part.column + (part.descending ? ' desc' : '')),
    '',
  )

const foundText = ({ unique, columns, more }: FoundIndex): string => spelled(unique, columns, more)

const spelled = (unique: boolean, columns: readonly string[], more: string): string =>
  `${unique ? 'unique ' : ''}(${columns.join(', ')})${more}`

/** By table oid. */
export async function readIndexes(client: pg.ClientBase, oids: readonly number[]): Promise<Map<number, FoundIndex[]>> {
  const { rows } = await client.query<FoundIndex & { oid: number }>(INDEXES, [oids])
  const byTable = new Map<number, FoundIndex[]>()
  for (const { oid, ...index } of rows) byTable.set(oid, [...(byTable.get(oid) ?? []), index])
  return byTable
}

// indoption: 1 is DESC, 2 is NULLS FIRST; DESC puts NULLs first unless told, ASC last.
const INDEXES = `
  SELECT i.indrelid::bigint::float8 AS oid, c.relname AS name, i.indisunique AS unique, i.indisprimary AS primary,
    i.indisvalid AND i.indisready AS valid, obj_description(i.indexrelid, 'pg_class') AS comment,
    array_remove(array_agg(
      CASE WHEN k.place <= i.indnkeyatts THEN
        coalesce(a.attname::text, '(' || pg_get_indexdef(i.indexrelid, k.place::int, true) || ')')
        || CASE WHEN k.sorted <> 0 AND k.sorted <> coalesce(a.attcollation, 100)
             THEN ' collate ' || k.sorted::regcollation ELSE '' END
        || CASE WHEN NOT o.opcdefault THEN ' ' || o.opcname ELSE '' END
        || CASE k.option & 3 WHEN 1 THEN ' desc nulls last' WHEN 2 THEN ' nulls first' WHEN 3 THEN ' desc' ELSE '' END
      END ORDER BY k.place), NULL) AS columns,
    CASE WHEN m.amname <> 'btree' THEN ' using ' || m.amname ELSE '' END
    || CASE WHEN i.indnatts > i.indnkeyatts
         THEN ' include (' || string_agg(a.attname, ', ' ORDER BY k.place) FILTER (WHERE k.place > i.indnkeyatts) || ')'
         ELSE '' END
    || CASE WHEN (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean THEN ' nulls not distinct' ELSE '' END
    || coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid), '') AS more
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
  CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indoption::int2[], i.indclass::oid[], i.indcollation::oid[])
    WITH ORDINALITY AS k (attribute, option, class, sorted, place)
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute AND k.attribute <> 0
  LEFT JOIN pg_opclass o ON o.oid = k.class
  WHERE i.indrelid = ANY ($1::bigint[]::oid[])
  GROUP BY i.indrelid, i.indexrelid, c.relname, m.amname, i.indisunique, i.indisprimary, i.indisvalid, i.indisready,
    i.indnatts, i.indnkeyatts, to_jsonb(i), pg_get_expr(i.indpred, i.indrelid)
  ORDER BY c.relname`
