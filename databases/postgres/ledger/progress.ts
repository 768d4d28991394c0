import type { RunProgress, TableProgress } from '../../../core/report.js'
import { isParked, type RunId, type RunPhase, type RunState, type TableState } from '../../../core/run.js'
import { chunkSums, NO_CHUNKS, type ChunkSums } from './chunk-sums.js'
import { countOf, iso, rowsOf, type Queryable } from './query.js'
import { READING_COLUMNS, readingOf, type ReadingRow } from './reading.js'
import { unknownRun } from './runs.js'

interface ProgressRow {
  readonly table_ordinal: number
  readonly source_name: string
  readonly state: TableState
  readonly doing: string | null
  readonly estimated_rows: string
  readonly estimated_bytes: string
}

interface HeadRow extends ReadingRow {
  readonly state: RunState
  readonly phase: RunPhase
  readonly started: string
}

/** `refused` where this target knows no such run. Three statements, whatever the run's size. */
export async function readProgress(db: Queryable, run: RunId): Promise<RunProgress> {
  const [head] = await rowsOf<HeadRow & { [column: string]: unknown }>(
    db,
    `select r.state, r.phase, ${iso('r.started_at')} as started, ${READING_COLUMNS} from nightferry.run r where r.run = $1`,
    [run],
  )
  if (!head) throw unknownRun(run)
  const { state, phase, started } = head
  const tables = await rowsOf<ProgressRow & { [column: string]: unknown }>(
    db,
    `select t.table_ordinal, n.source_name, t.state, t.doing, n.estimated_rows, n.estimated_bytes
     from nightferry.run r
     join nightferry.run_table t on t.run = r.run
     join nightferry.version_table n on n.version = r.version and n.ordinal = t.table_ordinal
     where r.run = $1 order by t.table_ordinal`,
    [run],
  )
  const sums = await chunkSums(db, run)
  const reading = readingOf(head)
  const live = state === 'running'
  return {
    run,
    state,
    phase,
    started,
    ...(reading === null ? {} : { reading }),
    tables: tables.map((row) => progress(row, sums.get(row.table_ordinal) ?? NO_CHUNKS, live)),
  }
}

/**
 * Done chunks by their final numbers, chunks under way by what they last told. What is under way counts for nothing
 * once its table has stopped or its run has ended: its rows were rolled back.
 */
function progress(row: ProgressRow, sums: ChunkSums, live: boolean): TableProgress {
  const soFar = live && !isParked(row.state) ? sums.soFar : NO_CHUNKS.soFar
  return {
    table: row.source_name,
    state: row.state,
    rows: sums.rowsLoaded + soFar.rows,
    bytes: sums.bytes + soFar.bytes,
    estimatedRows: countOf(row.estimated_rows),
    estimatedBytes: countOf(row.estimated_bytes),
    doing: row.doing,
  }
}
