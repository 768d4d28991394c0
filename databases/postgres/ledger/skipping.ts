import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { RunId, TableState } from '../../../core/run.js'
import { inTransaction, rowsOf, type Queryable } from './query.js'
import { stoppedReason } from './reason.js'

/** Sets a table aside. False: the run is under way, and its end will see it. Repeatable for the same person. */
export async function skipTable(pool: pg.Pool, run: RunId, table: number, by: string, why: string): Promise<boolean> {
  return await inTransaction(pool, async (client) => {
    const [row] = await rowsOf<{ ended: boolean }>(
      client,
      'select ended_at is not null as ended from nightferry.run where run = $1 for update',
      [run],
    )
    const isEnded = row?.ended === true
    const changed = await rowsOf(
      client,
      `update nightferry.run_table
       set state = 'skipped', doing = null, skipped_by = $3, skipped_why = $4, skipped_at = now()
       where run = $1 and table_ordinal = $2 and (state = 'stopped' or ($5 and state not in ('done', 'skipped')))
       returning 1`,
      [run, table, by, why, isEnded],
    )
    if (changed.length === 0) await refuseUnlessDone(client, run, table, by)
    if (isEnded) await recount(client, run)
    return isEnded
  })
}

async function refuseUnlessDone(db: Queryable, run: RunId, table: number, by: string): Promise<void> {
  const [found] = await rowsOf<{ name: string; state: TableState; by: string | null }>(
    db,
    `select n.source_name as name, t.state, t.skipped_by as by
     from nightferry.run r
     join nightferry.run_table t on t.run = r.run
     join nightferry.version_table n on n.version = r.version and n.ordinal = t.table_ordinal
     where r.run = $1 and t.table_ordinal = $2`,
    [run, table],
  )
  if (found?.state === 'skipped' && found.by === by) return
  const what = found === undefined ? 'not known' : found.state === 'skipped' ? `skipped by ${found.by}` : found.state
  throw new Failure('refused', `${found?.name ?? `table ${table}`} cannot be skipped in run ${run}: it is ${what}`, {
    remedy: 'Only a table that stopped is set aside; pause one that is still worked on.',
  })
}

/**
 * How a run that has ended stands, by its tables: complete once each is done or set aside, and one is done. A reason that
 * is not about stopped tables stays as long as it is not complete.
 */
export async function recount(client: Queryable, run: RunId): Promise<void> {
  const stopped = await stoppedReason(client, run)
  await rowsOf(
    client,
    `update nightferry.run r
     set stopped = t.stopped, skipped = t.skipped,
       state = case when t.complete then 'complete' else 'incomplete' end,
       reason = case when t.complete then null when t.unfinished > 0 then r.reason else coalesce($2, r.reason) end
     from (select count(*) filter (where state = 'stopped') as stopped, count(*) filter (where state = 'skipped') as skipped,
             count(*) filter (where state not in ('done', 'skipped', 'stopped')) as unfinished,
             bool_and(state in ('done', 'skipped')) and bool_or(state = 'done') as complete
           from nightferry.run_table where run = $1 having count(*) > 0) t
     where r.run = $1 and r.ended_at is not null
     and (r.state, r.stopped, coalesce(r.skipped, 0)) is distinct from
       (case when t.complete then 'complete' else 'incomplete' end, t.stopped, t.skipped)`,
    [run, stopped],
  )
}
