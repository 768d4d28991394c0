import type { RunProgress, TableProgress } from '../../../core/report.js'
import type { RunId, RunPhase, RunState, TableState } from '../../../core/run.js'
import { unknownRun } from './runs.js'
import { countOf, iso, rowsOf, type Queryable } from './query.js'

interface ProgressRow {
  readonly source_name: string
  readonly state: TableState
  readonly doing: string | null
  readonly rows: string
  readonly bytes: string
  readonly estimated_rows: string
  readonly estimated_bytes: string
}

/**
 * Done chunks by their final numbers, chunks under way by what they last told. What is under way counts for nothing
 * once its table has stopped or its run has ended: its rows were rolled back.
 */
const TABLES = `select n.source_name, t.state, t.doing, n.estimated_rows, n.estimated_bytes,
    coalesce(c.rows, 0) + case when live.counts then coalesce(c.rows_so_far, 0) else 0 end as rows,
    coalesce(c.bytes, 0) + case when live.counts then coalesce(c.bytes_so_far, 0) else 0 end as bytes
  from nightferry.run r
  join nightferry.run_table t on t.run = r.run
  join nightferry.version_table n on n.version = r.version and n.ordinal = t.table_ordinal
  left join (
    select table_ordinal,
      sum(rows_loaded) as rows, sum(bytes) as bytes,
      sum(progress_rows) filter (where state = 'running') as rows_so_far,
      sum(progress_bytes) filter (where state = 'running') as bytes_so_far
    from nightferry.chunk where run = $1 group by table_ordinal) c on c.table_ordinal = t.table_ordinal
  cross join lateral (select t.state <> 'stopped' and r.ended_at is null as counts) live
  where r.run = $1 order by t.table_ordinal`

/** `refused` where this target knows no such run. Two statements, whatever the run's size. */
export async function readProgress(db: Queryable, run: RunId): Promise<RunProgress> {
  const [head] = await rowsOf<{ state: RunState; phase: RunPhase; started: string }>(
    db,
    `select state, phase, ${iso('started_at')} as started from nightferry.run where run = $1`,
    [run],
  )
  if (!head) throw unknownRun(run)
  const rows = await rowsOf<ProgressRow & { [column: string]: unknown }>(db, TABLES, [run])
  return { run, ...head, tables: rows.map(progress) }
}

const progress = (row: ProgressRow): TableProgress => ({
  table: row.source_name,
  state: row.state,
  rows: countOf(row.rows),
  bytes: countOf(row.bytes),
  estimatedRows: countOf(row.estimated_rows),
  estimatedBytes: countOf(row.estimated_bytes),
  doing: row.doing,
})
