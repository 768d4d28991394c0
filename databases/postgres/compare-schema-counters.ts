import type pg from 'pg'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { Differences } from './compare-schema-differences.js'
import type { SpelledColumn } from './compare-schema-spelled.js'
import { ident, literal, tableName } from './quote.js'

interface Counter {
  /** What it hands out next, and the largest value in the table; digits. */
  readonly next: string
  readonly largest: string | null
  readonly step: string
}

/** An identity counter that is not there, counts otherwise, or would hand out what the table has already. */
export function compareCounter(
  found: Differences,
  table: PlannedTable,
  there: readonly SpelledColumn[],
  counter: Counter | undefined,
): void {
  const planned = table.identity?.column
  for (const column of there) {
    const kind = column.identity === '' ? null : `identity ${column.identity}`
    const subject = `counter ${table.target}.${column.name}`
    found.add(table, subject, column.name === planned ? 'identity by default' : null, kind)
    if (column.name !== planned || counter === undefined) continue
    found.add(table, subject, 'counts by 1', `counts by ${counter.step}`)
    if (counter.largest === null || BigInt(counter.next) > BigInt(counter.largest)) continue
    const next = BigInt(counter.largest) + 1n
    found.add(table, subject, `next value ${next} or larger`, `next value ${counter.next}`, true)
  }
}

/**
 * By table ordinal; none where the column has no counter. The largest value is read in the statement's snapshot, the
 * counter as it is a little later: people who insert meanwhile do not make it look behind.
 */
export async function readCounters(
  client: pg.ClientBase,
  plan: Plan,
  tables: readonly PlannedTable[],
): Promise<Map<number, Counter>> {
  const counting = tables.filter((table) => table.identity !== null)
  if (counting.length === 0) return new Map()
  const { rows } = await client.query<{ ordinal: number; sequence: string; step: string }>(
    `SELECT w.ordinal, s.seqrelid::regclass::text AS sequence, s.seqincrement::text AS step
     FROM unnest($1::int[], $2::text[], $3::text[]) AS w (ordinal, relation, name)
     JOIN pg_attribute a ON a.attrelid = to_regclass(w.relation) AND a.attname = w.name AND a.attidentity <> ''
     JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
       AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'
     JOIN pg_sequence s ON s.seqrelid = d.objid`,
    [
      counting.map((table) => table.ordinal),
      counting.map((table) => tableName(plan, table)),
      counting.map((table) => table.identity?.column),
    ],
  )
  if (rows.length === 0) return new Map()
  const reads = rows.map(({ ordinal, sequence, step }) => {
    const table = counting.find((one) => one.ordinal === ordinal)!
    return `SELECT ${ordinal} AS ordinal, ${literal(step)} AS step,
      (SELECT max(${ident(table.identity!.column)}) FROM ONLY ${tableName(plan, table)})::text AS largest,
      (SELECT (last_value::numeric + CASE WHEN is_called THEN ${step} ELSE 0 END)::text FROM ${sequence}) AS next`
  })
  const counters = await client.query<Counter & { ordinal: number }>(reads.join(' UNION ALL '))
  return new Map(counters.rows.map(({ ordinal, ...counter }) => [ordinal, counter]))
}
