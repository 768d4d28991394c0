import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { TablesReset } from '../../../core/ledger.js'
import type { RunId } from '../../../core/run.js'
import { ownedObjects } from './objects.js'
import { inTransaction, rowsOf, type Queryable } from './query.js'
import { unknownRun } from './runs.js'

export async function madeInTarget(db: Queryable): Promise<{ name: string; run: RunId }[]> {
  const owned = await ownedObjects(db)
  return owned.filter(({ kind }) => kind === 'table').map(({ name, run }) => ({ name, run }))
}

/** Its totals are counted again from here on. */
export async function reopenRun(db: Queryable, run: RunId): Promise<number> {
  const [row] = await rowsOf<{ passes: number }>(
    db,
    `update nightferry.run
     set state = 'running', phase = 'schema', ended_at = null, reason = null,
       tables = null, stopped = null, skipped = null, rows = null, bytes = null
     where run = $1 returning passes`,
    [run],
  )
  if (row === undefined) throw unknownRun(run)
  return row.passes
}

/** One transaction: an attempt that is late, or dies in the middle, changes nothing. */
export async function resetTables(pool: pg.Pool, run: RunId, reset: TablesReset): Promise<void> {
  await inTransaction(pool, async (client) => {
    await takeUp(client, run, reset)
    await throwChunksAway(client, run, reset.again)
    await resetRows(client, run, reset)
    await rowsOf(client, 'delete from nightferry.failure where run = $1 and table_ordinal = any($2::int[])', [
      run,
      reset.tables,
    ])
    await forgetProofs(client, run, reset)
    // As if an earlier run had made them: the schema's next making drops them and makes them anew.
    await rowsOf(
      client,
      `update nightferry.object set run = '' where run = $1 and schema_name = $2 and name = any($3::text[])`,
      [run, reset.objects.schema, reset.objects.names],
    )
    await labelRun(client, run)
  })
}

async function takeUp(client: Queryable, run: RunId, { version, passes, reading }: TablesReset): Promise<void> {
  const taken = await rowsOf(
    client,
    `update nightferry.run
     set passes = passes + 1, version = $2, label_decided = true,
       first_label = case when $4 then coalesce(first_label, label) else first_label end,
       label = case when $4 then 'best-effort' else label end
     where run = $1 and passes = $3 and ended_at is null returning 1`,
    [run, version, passes, reading.length > 0],
  )
  if (taken.length > 0) return
  throw new Failure('target-conflict', 'another attempt has taken the run up already', {
    remedy: 'nothing to do: the next attempt goes on from there',
  })
}

/** Chunks that come anew begin behind the epochs of these: an attempt from before meets one that is not its own. */
async function throwChunksAway(client: Queryable, run: RunId, tables: readonly number[]): Promise<void> {
  await rowsOf(
    client,
    `with gone as (
       delete from nightferry.chunk where run = $1 and table_ordinal = any($2::int[])
       returning table_ordinal, epoch, rows_again + coalesce(rows_read, progress_rows) as again)
     update nightferry.run_table t
     set epochs = greatest(t.epochs, g.epochs), rows_again = t.rows_again + g.again
     from (select table_ordinal, max(epoch) + 1 as epochs, sum(again) as again from gone group by 1) g
     where t.run = $1 and t.table_ordinal = g.table_ordinal`,
    [run, tables],
  )
}

async function resetRows(client: Queryable, run: RunId, { tables, again, reading }: TablesReset): Promise<void> {
  await rowsOf(
    client,
    `update nightferry.run_table t
     set state = case when exists (
           select from nightferry.chunk c where c.run = t.run and c.table_ordinal = t.table_ordinal and c.state = 'done')
         then 'copying' else 'waiting' end,
       doing = null, rows_counted = null, proved_by = null, skipped_by = null, skipped_why = null, skipped_at = null,
       label = case when table_ordinal = any($4::int[]) then 'best-effort' else label end,
       made = case when table_ordinal = any($3::int[]) then null else made end,
       seconds_copy = case when table_ordinal = any($3::int[]) then 0 else seconds_copy end,
       seconds_indexes = case when table_ordinal = any($3::int[]) then 0 else seconds_indexes end,
       seconds_constraints = case when table_ordinal = any($3::int[]) then 0 else seconds_constraints end,
       seconds_vacuum = case when table_ordinal = any($3::int[]) then 0 else seconds_vacuum end,
       spans = case when table_ordinal = any($3::int[]) then '{}' else spans end
     where run = $1 and table_ordinal = any($2::int[])`,
    [run, tables, again, reading],
  )
  await rowsOf(
    client,
    `update nightferry.run r set mended = t.mended, mended_by = case when t.mended > 0 then mended_by end
     from (select count(proved_by) as mended from nightferry.run_table where run = $1) t where r.run = $1`,
    [run],
  )
}

/** The load is proved of these tables once more; what later proofs said of rows that go says nothing of those that come. */
async function forgetProofs(client: Queryable, run: RunId, { tables, again }: TablesReset): Promise<void> {
  for (const name of ['proof_part', 'proof_table', 'witness', 'difference', 'mended'])
    await rowsOf(
      client,
      `delete from nightferry.${name} d using nightferry.proof p
       where p.proof = d.proof and p.run = $1
       and d.table_ordinal = any(case when p.proof = p.run then $2::int[] else $3::int[] end)`,
      [run, tables, again],
    )
  await rowsOf(client, 'update nightferry.proof set ended_at = null, verdict = null where proof = $1', [run])
}

/** Says which tables keep a run that had a snapshot from being of its moment. */
async function labelRun(client: Queryable, run: RunId): Promise<void> {
  await rowsOf(
    client,
    `update nightferry.run r
     set label_reason = 'read again when the snapshot was gone: ' || n.names
     from (select string_agg(v.source_name, ', ' order by v.ordinal) as names
           from nightferry.run x
           join nightferry.run_table t on t.run = x.run and t.label = 'best-effort'
           join nightferry.version_table v on v.version = x.version and v.ordinal = t.table_ordinal
           where x.run = $1) n
     where r.run = $1 and r.first_label = 'snapshot' and n.names is not null`,
    [run],
  )
}
