import type pg from 'pg'
import type { KeyRange } from '../../core/key-range.js'
import type { Plan, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import { witnessedColumns } from '../../core/plan/witnessed.js'
import type { WitnessSum } from '../../core/ports.js'
import { onSession } from './cancel.js'
import { rangeWhere } from './key-range.js'
import { tableName } from './quote.js'
import type { Target } from './target.js'
import { witnessItems } from './witness-values.js'

/** Our lanes are the parallelism; compiling takes longer than a range. In one round trip: there may be many small tables. */
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
  const statements = `BEGIN READ ONLY; ${SETTINGS}; ${witnessSelect(plan, table, range)}; COMMIT`
  return await onSession(target, { ...target.about, table }, signal, async (client) => {
    const results = (await client.query(statements)) as unknown as pg.QueryResult<{ rows: string; sum: string }>[]
    const [row] = results.at(-2)?.rows ?? []
    if (row === undefined) throw new Error('a sum without a row')
    return { rows: Number(row.rows), sum: row.sum }
  })
}

/**
 * The first 56 bits of the SHA-256 of each row's values, as the source has them. OFFSET keeps the server from making the
 * hash anew for each of its bytes; `ONLY`: a child's rows are not ours.
 */
export function witnessSelect(plan: Plan, table: PlannedTable, range: KeyRange): string {
  const hash = `sha256(convert_to(${rowText(witnessedColumns(table))}, 'UTF8'))`
  const hashes = `SELECT ${hash} AS h FROM ONLY ${tableName(plan, table)} WHERE ${rangeWhere(table, range)} OFFSET 0`
  const number = [6, 5, 4, 3, 2, 1, 0].map((place, i) => `(get_byte(h, ${i})::bigint << ${place * 8})`).join(' + ')
  return `SELECT count(*) AS rows, coalesce(sum(${number}), 0)::text AS sum FROM (${hashes}) AS hashes`
}

/** A function takes 100 arguments, and a column makes at most three of them. */
const COLUMNS_A_CALL = 30

/** No call begins with a value that may be NULL, so that the calls together say what a single one would. */
function rowText(columns: readonly PlannedColumn[]): string {
  const calls = []
  for (let first = 0; first < columns.length; first += COLUMNS_A_CALL)
    calls.push(
      `concat_ws('|', ${columns
        .slice(first, first + COLUMNS_A_CALL)
        .flatMap(witnessItems)
        .join(', ')})`,
    )
  return `concat_ws('|', ${["''", ...calls].join(', ')})`
}
