import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { Key, KeyRange } from '../../../core/key-range.js'
import type { ChunkStats } from '../../../core/ledger.js'
import type { RunId } from '../../../core/run.js'
import { changedBy, countOf, keyOf, rowsOf, type Queryable } from './query.js'

const UNIQUE_VIOLATION = '23505'

const keyText = (key: Key | null): string | null => (key === null ? null : JSON.stringify(key))

/**
 * Appends chunks: ordinals `first`, `first` + 1, ... Repeatable with the same ranges. All or nothing, and only where
 * they go on exactly from the last chunk: two attempts that cut a table differently must not both be heard, or the
 * ranges would overlap. The later one gets `target-conflict` and reads `chunkStats` again.
 */
export async function addChunks(
  pool: pg.Pool,
  run: RunId,
  table: number,
  first: number,
  ranges: readonly KeyRange[],
): Promise<void> {
  if (ranges.length === 0) return
  requireContiguous(ranges)
  const appended = await append(pool, run, table, first, ranges)
  if (appended === ranges.length) return
  if (await areThere(pool, run, table, first, ranges)) return
  throw new Failure('target-conflict', `chunks from ${first} on do not go on from the last one in the ledger`, {
    remedy: 'nothing to do: the next attempt reads where the table was cut and goes on from there',
  })
}

function requireContiguous(ranges: readonly KeyRange[]): void {
  const gap = ranges.findIndex(
    (range, i) => i > 0 && (range.from === null || keyText(range.from) !== keyText(ranges[i - 1]?.to ?? null)),
  )
  if (gap === -1) return
  throw new Failure('internal', `range ${gap} of ${ranges.length} does not begin where the one before ends`, {
    remedy: 'report this as a bug of Nightferry',
  })
}

/** How many chunks were appended: all, or none where somebody else appended or the ranges do not follow. */
async function append(
  db: Queryable,
  run: RunId,
  table: number,
  first: number,
  ranges: readonly KeyRange[],
): Promise<number> {
  // No ON CONFLICT: it would let the second of two simultaneous appenders insert what it has beyond the first's end.
  const text = `insert into nightferry.chunk (run, table_ordinal, ordinal, from_key, to_key, epoch)
    select $1, $2::int, $3::int + r.place::int - 1, r.from_key::jsonb, r.to_key::jsonb,
      (select epochs from nightferry.run_table where run = $1 and table_ordinal = $2::int)
    from unnest($4::text[], $5::text[]) with ordinality as r(from_key, to_key, place)
    where not exists (
      select from nightferry.chunk where run = $1 and table_ordinal = $2::int and ordinal >= $3::int)
    and case when $3::int = 0 then $6::jsonb is null else exists (
      select from nightferry.chunk
      where run = $1 and table_ordinal = $2::int and ordinal = $3::int - 1 and to_key = $6::jsonb) end`
  const starts = ranges.map((range) => keyText(range.from))
  const ends = ranges.map((range) => keyText(range.to))
  try {
    return await changedBy(db, text, [run, table, first, starts, ends, starts[0]])
  } catch (error) {
    if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 0
    throw error
  }
}

async function areThere(
  db: Queryable,
  run: RunId,
  table: number,
  first: number,
  ranges: readonly KeyRange[],
): Promise<boolean> {
  const found = await rowsOf<{ from_key: string | null; to_key: string | null }>(
    db,
    `select from_key::text, to_key::text from nightferry.chunk
     where run = $1 and table_ordinal = $2 and ordinal >= $3 and ordinal < $3 + $4::int order by ordinal`,
    [run, table, first, ranges.length],
  )
  const ours = ranges.map(({ from, to }) => [from, to])
  const theirs = found.map((row) => [keyOf(row.from_key), keyOf(row.to_key)])
  return JSON.stringify(ours) === JSON.stringify(theirs)
}

interface StatsRow {
  readonly chunks: string
  readonly end_key: string | null
  readonly done: string
  readonly rows: string
  readonly bytes: string
  readonly seconds: number
}

/** Chunks known so far, the last one's `to`, and what the done ones measured. */
export async function chunkStats(db: Queryable, run: RunId, table: number): Promise<ChunkStats> {
  const [row] = await rowsOf<StatsRow>(
    db,
    `select count(*) as chunks,
       (select to_key::text from nightferry.chunk where run = $1 and table_ordinal = $2
        order by ordinal desc limit 1) as end_key,
       count(*) filter (where state = 'done') as done,
       coalesce(sum(rows_read), 0) as rows, coalesce(sum(bytes), 0) as bytes,
       coalesce(sum(seconds), 0)::float8 as seconds
     from nightferry.chunk where run = $1 and table_ordinal = $2`,
    [run, table],
  )
  const chunks = countOf(row?.chunks ?? 0)
  return {
    chunks,
    complete: chunks > 0 && row?.end_key === null,
    end: keyOf(row?.end_key ?? null),
    doneChunks: countOf(row?.done ?? 0),
    doneRows: countOf(row?.rows ?? 0),
    doneBytes: countOf(row?.bytes ?? 0),
    doneSeconds: row?.seconds ?? 0,
  }
}
