import type { StepSpan } from '../../../core/report.js'
import type { RunId } from '../../../core/run.js'
import { rowsOf, type Queryable } from './query.js'

interface SpanRow {
  readonly table_ordinal: number
  readonly step: StepSpan['step']
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
}

/**
 * When each table's steps were at work, by ordinal, in the order in which they began: of chunks and parts of proofs from the
 * first one's beginning to the last one's end. Seconds since the run's start, or since it was last taken up before that: a
 * retry of the next day would make a line of a day.
 */
export async function spansOf(db: Queryable, run: RunId): Promise<Map<number, StepSpan[]>> {
  const begun = await rowsOf<{ at: number }>(
    db,
    `select extract(epoch from min(started_at))::float8 as at from nightferry.run_phase where run = $1 group by pass order by 1`,
    [run],
  )
  const rows = await rowsOf<SpanRow & { [column: string]: unknown }>(
    db,
    `select table_ordinal, 'copy' as step, extract(epoch from min(started_at))::float8 as from,
       extract(epoch from max(finished_at))::float8 as to
     from nightferry.chunk where run = $1 and finished_at is not null group by table_ordinal
     union all
     select table_ordinal, key, (value ->> 0)::float8, (value ->> 1)::float8
     from nightferry.run_table cross join lateral jsonb_each(spans) where run = $1
     union all
     select table_ordinal, 'proof', min(extract(epoch from at) - seconds)::float8, extract(epoch from max(at))::float8
     from nightferry.proof_part where proof = $1 group by table_ordinal
     order by 1, 3`,
    [run],
  )
  const spans = new Map<number, StepSpan[]>()
  for (const { table_ordinal: table, step, from, to } of rows) {
    const start = begun.findLast(({ at }) => at <= from)?.at ?? begun[0]?.at ?? from
    const span = { step, from: rounded(from - start), to: rounded(Math.max(from, to) - start) }
    spans.set(table, [...(spans.get(table) ?? []), span])
  }
  return spans
}

/** Clocks of two statements may differ by less than a millisecond; nothing begins before its run. */
const rounded = (seconds: number): number => Math.max(0, Math.round(seconds * 1000) / 1000)
