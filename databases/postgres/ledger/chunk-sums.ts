import type { RunId } from '../../../core/run.js'
import { countOf, rowsOf, type Queryable } from './query.js'

/** What the chunks of one table add up to. */
export interface ChunkSums {
  readonly chunks: number
  readonly rowsRead: number
  readonly rowsLoaded: number
  readonly bytes: number
  readonly seconds: number
  /** What chunks under way last told. */
  readonly soFar: { readonly rows: number; readonly bytes: number }
}

export const NO_CHUNKS: ChunkSums = {
  chunks: 0,
  rowsRead: 0,
  rowsLoaded: 0,
  bytes: 0,
  seconds: 0,
  soFar: { rows: 0, bytes: 0 },
}

interface SumsRow {
  readonly table_ordinal: number
  readonly chunks: string
  readonly rows_read: string | null
  readonly rows_loaded: string | null
  readonly bytes: string | null
  readonly seconds: number | null
  readonly rows_so_far: string | null
  readonly bytes_so_far: string | null
}

/**
 * By table ordinal; one pass over the run's chunks. A statement of its own, joined here: the newest run is in no
 * statistics yet, and the planner would make this pass once for each table.
 */
export async function chunkSums(db: Queryable, run: RunId): Promise<Map<number, ChunkSums>> {
  const rows = await rowsOf<SumsRow & { [column: string]: unknown }>(
    db,
    `select table_ordinal, count(*) as chunks, sum(rows_read) as rows_read, sum(rows_loaded) as rows_loaded,
       sum(bytes) as bytes, sum(seconds)::float8 as seconds,
       sum(progress_rows) filter (where state = 'running') as rows_so_far,
       sum(progress_bytes) filter (where state = 'running') as bytes_so_far
     from nightferry.chunk where run = $1 group by table_ordinal`,
    [run],
  )
  return new Map(rows.map((row) => [row.table_ordinal, sums(row)]))
}

const sums = (row: SumsRow): ChunkSums => ({
  chunks: countOf(row.chunks),
  rowsRead: countOf(row.rows_read),
  rowsLoaded: countOf(row.rows_loaded),
  bytes: countOf(row.bytes),
  seconds: row.seconds ?? 0,
  soFar: { rows: countOf(row.rows_so_far), bytes: countOf(row.bytes_so_far) },
})
