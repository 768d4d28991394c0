import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { RunRecord } from '../../../core/ledger.js'
import type { ReadLabel, RunId, RunPhase, RunState, RunSummary } from '../../../core/run.js'
import { countOf, inTransaction, iso, rowsOf, type Queryable } from './query.js'
import { stoppedReason } from './reason.js'
import { recount } from './skipping.js'

/** Registers the run and its tables. Repeatable; `refused` where the run exists with another version. */
export async function openRun(db: Queryable, record: RunRecord): Promise<void> {
  await rowsOf(
    db,
    `with opened as (
       insert into nightferry.run (run, version, label) values ($1, $2, $3) on conflict do nothing)
     insert into nightferry.run_table (run, table_ordinal, bundle)
     select $1, * from unnest($4::int[], $5::int[])
     on conflict do nothing`,
    [record.run, record.version, record.label, record.tables.map((t) => t.table), record.tables.map((t) => t.bundle)],
  )
  const [found] = await rowsOf<{ version: number }>(db, 'select version from nightferry.run where run = $1', [
    record.run,
  ])
  if (found?.version !== record.version)
    throw new Failure('refused', `run ${record.run} exists already, with version ${found?.version}`, {
      remedy: 'start the run again: it gets an id of its own',
    })
}

/** Enters a phase: ends the one before and starts its clock. One that this pass of the run entered before stays as it is. */
export async function enterPhase(db: Queryable, run: RunId, phase: RunPhase): Promise<void> {
  await rowsOf(
    db,
    `with entered as (
       insert into nightferry.run_phase (run, pass, phase)
       select run, passes, $2 from nightferry.run where run = $1 and ended_at is null
       on conflict do nothing returning 1),
     left_behind as (
       update nightferry.run_phase set ended_at = now()
       where run = $1 and phase <> $2 and ended_at is null and exists (select from entered))
     update nightferry.run set phase = $2 where run = $1 and exists (select from entered)`,
    [run, phase],
  )
}

/** Ends the run and writes its totals down. A repeat changes nothing and gives the same summary. */
export async function closeRun(pool: pg.Pool, run: RunId, state: RunState, reason: string | null): Promise<RunSummary> {
  await inTransaction(pool, async (client) => {
    const why = reason ?? (state === 'complete' ? null : await stoppedReason(client, run))
    await rowsOf(
      client,
      `update nightferry.run r
       set state = $2, phase = 'closed', ended_at = now(), reason = $3,
         tables = t.tables, stopped = t.stopped, skipped = t.skipped, rows = c.rows, bytes = c.bytes
       from (select count(*) as tables, count(*) filter (where state = 'stopped') as stopped,
               count(*) filter (where state = 'skipped') as skipped
             from nightferry.run_table where run = $1) t,
            (select coalesce(sum(rows_loaded), 0) as rows, coalesce(sum(bytes), 0) as bytes
             from nightferry.chunk where run = $1 and state = 'done') c
       where r.run = $1 and r.ended_at is null`,
      [run, state, why],
    )
    // A person may have set the last stopped table aside since the state was asked for.
    if (reason === null && state === 'incomplete') await recount(client, run)
    await rowsOf(client, 'update nightferry.run_phase set ended_at = now() where run = $1 and ended_at is null', [run])
  })
  return await summaryOf(pool, run)
}

interface SummaryRow {
  readonly run: RunId
  readonly version: number
  readonly state: RunState
  readonly label: ReadLabel
  readonly started: string
  readonly ended: string | null
  readonly tables: string
  readonly stopped: string
  readonly rows: string
  readonly bytes: string
  readonly reason: string | null
  readonly mended: number
  readonly mended_by: string | null
  readonly skipped: string
}

// Totals of closed runs are read from their row; only runs that are open are counted.
const SUMMARY = `select r.run, r.version, r.state, r.label, r.reason, r.mended, r.mended_by,
    ${iso('r.started_at')} as started, ${iso('r.ended_at')} as ended,
    coalesce(r.tables, t.tables) as tables, coalesce(r.stopped, t.stopped) as stopped,
    coalesce(r.skipped, t.skipped) as skipped,
    coalesce(r.rows, c.rows) as rows, coalesce(r.bytes, c.bytes) as bytes
  from nightferry.run r
  cross join lateral (
    select count(*) as tables, count(*) filter (where state = 'stopped') as stopped,
      count(*) filter (where state = 'skipped') as skipped
    from nightferry.run_table where run = r.run and r.ended_at is null) t
  cross join lateral (
    select coalesce(sum(rows_loaded), 0) as rows, coalesce(sum(bytes), 0) as bytes
    from nightferry.chunk where run = r.run and state = 'done' and r.ended_at is null) c`

const summary = (row: SummaryRow): RunSummary => ({
  run: row.run,
  version: row.version,
  state: row.state,
  label: row.label,
  started: row.started,
  ended: row.ended,
  tables: countOf(row.tables),
  stopped: countOf(row.stopped),
  rows: countOf(row.rows),
  bytes: countOf(row.bytes),
  reason: row.reason,
  ...(row.mended_by === null ? {} : { mended: { tables: row.mended, by: row.mended_by } }),
  ...(countOf(row.skipped) === 0 ? {} : { skipped: countOf(row.skipped) }),
})

/** `refused` where this target knows no such run. */
export async function summaryOf(db: Queryable, run: RunId): Promise<RunSummary> {
  const [row] = await rowsOf<SummaryRow & pg.QueryResultRow>(db, `${SUMMARY} where r.run = $1`, [run])
  if (row) return summary(row)
  throw unknownRun(run)
}

export const unknownRun = (run: RunId): Failure =>
  new Failure('refused', `this target knows no run ${run}`, {
    remedy: 'list the runs there are: `nightferry runs NAME`',
  })

/** Newest first. */
export async function listRuns(db: Queryable, limit: number): Promise<RunSummary[]> {
  const text = `${SUMMARY} order by r.started_at desc, r.run desc limit $1`
  return (await rowsOf<SummaryRow & pg.QueryResultRow>(db, text, [limit])).map(summary)
}
