import type { Plan, PlannedTable } from '../../core/plan/types.js'
import { onSession } from './cancel.js'
import { ident, literal, tableName } from './quote.js'
import type { Target } from './target.js'

/**
 * Sets the identity column's sequence so that it hands out the largest of `next` (digits), the largest value + 1 and
 * what it would hand out anyway: never backwards. Where that is past its type the sequence is left exhausted, as the
 * source's counter is. Repeatable.
 */
export async function setIdentity(target: Target, plan: Plan, table: PlannedTable, next: string): Promise<void> {
  if (!table.identity) return
  const { column } = table.identity
  const about = { ...target.about, table, doing: `identity ${table.source}.${column}` }
  await onSession(target, about, undefined, async (client) => {
    const { rows } = await client.query<{ sequence: string }>(
      `SELECT pg_get_serial_sequence(${literal(tableName(plan, table))}, ${literal(column)}) AS sequence`,
    )
    const { sequence } = rows[0]!
    await client.query(
      `WITH now AS (
         SELECT greatest($1::numeric,
           (SELECT coalesce(max(${ident(column)}), 0)::numeric + 1 FROM ${tableName(plan, table)}),
           (SELECT last_value::numeric + is_called::int FROM ${sequence})) AS next,
         (SELECT seqmax FROM pg_sequence WHERE seqrelid = ${literal(sequence)}::regclass) AS most)
       SELECT setval(${literal(sequence)}::regclass, least(next, most)::bigint, next > most) FROM now`,
      [next],
    )
  })
}
