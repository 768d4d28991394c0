import type { PublishedState, RunSummary } from '../../../core/run.js'
import { trendRun, type TrendRun } from '../../../core/trend.js'
import { rowsOf, type Queryable } from '../ledger/query.js'
import { NEWEST_FIRST, PUBLISHED } from './runs.js'

type TableCells = readonly [table: string, rows: number, bytes: number, seconds: number, state: string]

interface Row {
  readonly summary: string
  readonly published: PublishedState
  readonly tables: string
  readonly [column: string]: unknown
}

// One row for each run: thousands of small ones take longer to receive than to find.
const TABLES = `select coalesce(json_agg(json_build_array(name, rows, bytes, seconds, state) order by ordinal), '[]')::text
  from nightferry.memory_table t where t.migration = r.migration and t.run = r.run and ($3::text is null or t.name = $3)`

/** The last `most` runs that were begun, oldest first, with all their tables, or with this one where they had it. */
export async function readTrend(
  db: Queryable,
  migration: string,
  most: number,
  table: string | null,
): Promise<TrendRun[]> {
  const rows = await rowsOf<Row>(
    db,
    `select summary::text as summary, published, (${TABLES}) as tables
     from (select migration, run, summary, ${PUBLISHED} from nightferry.memory_run
       where migration = $1 and state <> 'refused' ${NEWEST_FIRST} limit $2) r
     ${NEWEST_FIRST}`,
    [migration, most, table],
  )
  return rows
    .map((row) => trendRun({ ...(JSON.parse(row.summary) as RunSummary), published: row.published }, tablesOf(row)))
    .toReversed()
}

const tablesOf = ({ tables }: Row): TrendRun['tables'] =>
  (JSON.parse(tables) as TableCells[]).map(([table, rows, bytes, seconds, state]) => ({
    ...{ table, rows, bytes, seconds, state },
  }))
