import type { KeyRange } from '../../core/key-range.js'
import type { Plan, PlannedTable } from '../../core/plan/types.js'
import { witnessedColumns } from '../../core/plan/witnessed.js'
import type { WitnessSum } from '../../core/ports.js'
import { inTransaction } from './cancel.js'
import { rangeWhere } from './key-range.js'
import { tableName } from './quote.js'
import type { Target } from './target.js'
import { witnessItems } from './witness-values.js'

/** Our lanes are the parallelism; compiling takes longer than a range. */
const SETTINGS = 'SET LOCAL max_parallel_workers_per_gather TO 0; SET LOCAL jit TO off'

/**
 * How many rows a range has and the sum of their hashes, made by SQL in the server, as the source's witness makes it.
 * Ranges with an end need a table that both servers order alike.
 */
export async function witnessRange(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  range: KeyRange,
  signal: AbortSignal,
): Promise<WitnessSum> {
  return await inTransaction(target, { ...target.about, table }, signal, async (client) => {
    await client.query(SETTINGS)
    const { rows } = await client.query<{ rows: string; sum: string }>(witnessSelect(plan, table, range))
    return { rows: Number(rows[0]?.rows ?? 0), sum: rows[0]?.sum ?? '0' }
  })
}

/**
 * The first 56 bits of the SHA-256 of each row's values, as the source has them. OFFSET keeps the server from making the
 * hash anew for each of its bytes; `ONLY`: a child's rows are not ours.
 */
export function witnessSelect(plan: Plan, table: PlannedTable, range: KeyRange): string {
  const items = witnessedColumns(table).flatMap(witnessItems)
  const hash = `sha256(convert_to(concat_ws('|', ${["''", ...items].join(', ')}), 'UTF8'))`
  const hashes = `SELECT ${hash} AS h FROM ONLY ${tableName(plan, table)} WHERE ${rangeWhere(table, range)} OFFSET 0`
  const number = [6, 5, 4, 3, 2, 1, 0].map((place, i) => `(get_byte(h, ${i})::bigint << ${place * 8})`).join(' + ')
  return `SELECT count(*) AS rows, coalesce(sum(${number}), 0)::text AS sum FROM (${hashes}) AS hashes`
}
