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

/** A time in which the run was under way: it began, or was taken up again. */
interface Pass {
  readonly from: number
  readonly to: number
}

/**
 * When each table's steps were at work, by ordinal, in the order in which they began: in each pass from the first chunk's,
 * index's or part's beginning to the last one's end. Seconds of the run's own time: that between its end and a retry is left
 * out, since a night and a morning would be all that a line of both shows.
 */
export async function spansOf(db: Queryable, run: RunId): Promise<Map<number, StepSpan[]>> {
  const passes = await rowsOf<Pass & { [column: string]: unknown }>(
    db,
    `select extract(epoch from min(started_at))::float8 as from, extract(epoch from max(coalesce(ended_at, now())))::float8 as to
     from nightferry.run_phase where run = $1 group by pass order by 1`,
    [run],
  )
  const rows = await rowsOf<SpanRow & { [column: string]: unknown }>(db, SPANS, [run, passes.map(({ from }) => from)])
  const spans = new Map<number, StepSpan[]>()
  for (const { table_ordinal: table, step, from, to } of rows) {
    const span = { step, from: rounded(ownTime(passes, from)), to: rounded(ownTime(passes, Math.max(from, to))) }
    spans.set(table, [...(spans.get(table) ?? []), span])
  }
  return spans
}

const SPANS = `
  select table_ordinal, 'copy' as step, min(extract(epoch from started_at))::float8 as from, max(extract(epoch from finished_at))::float8 as to
  from nightferry.chunk where run = $1 and finished_at is not null
  group by table_ordinal, width_bucket(extract(epoch from started_at)::float8, $2::float8[])
  union all
  select table_ordinal, key, (span ->> 0)::float8, (span ->> 1)::float8
  from nightferry.run_table cross join lateral jsonb_each(spans) cross join lateral jsonb_array_elements(value) as span where run = $1
  union all
  select table_ordinal, 'proof', min(extract(epoch from at) - seconds)::float8, max(extract(epoch from at))::float8
  from nightferry.proof_part where proof = $1
  group by table_ordinal, width_bucket(extract(epoch from at)::float8, $2::float8[])
  order by 1, 3`

/** How long the run had been under way by then. */
function ownTime(passes: readonly Pass[], at: number): number {
  const begun = passes.filter(({ from }) => from <= at)
  const before = begun.slice(0, -1).reduce((sum, { from, to }) => sum + (to - from), 0)
  const last = begun.at(-1)
  return last === undefined ? 0 : before + (at - last.from)
}

/** Clocks of two statements may differ by less than a millisecond. */
const rounded = (seconds: number): number => Math.max(0, Math.round(seconds * 1000) / 1000)
