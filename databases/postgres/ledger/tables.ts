import type { FailureRecord } from '../../../core/failure.js'
import type { TableChange } from '../../../core/ledger.js'
import type { RunId, TableState } from '../../../core/run.js'
import { rowsOf, type Queryable } from './query.js'

export async function tablesOfBundle(db: Queryable, run: RunId, bundle: number): Promise<number[]> {
  const rows = await rowsOf<{ table_ordinal: number }>(
    db,
    'select table_ordinal from nightferry.run_table where run = $1 and bundle = $2 order by table_ordinal',
    [run, bundle],
  )
  return rows.map((row) => row.table_ordinal)
}

/**
 * Changes what `change` names and leaves the rest; a table that a person set aside stays so, whatever step is still under
 * way. Repeatable; one statement for any number of tables.
 */
export async function setTables(
  db: Queryable,
  run: RunId,
  tables: readonly number[],
  change: TableChange,
): Promise<void> {
  await rowsOf(
    db,
    `update nightferry.run_table
     set state = case when state = 'skipped' then state else coalesce($3, state) end, doing = case when $4 then $5 else doing end,
       rows_counted = coalesce($6::bigint, rows_counted)
     where run = $1 and table_ordinal = any($2::int[])`,
    [run, tables, change.state ?? null, change.doing !== undefined, change.doing ?? null, change.rowsCounted ?? null],
  )
}

export async function tableStates(db: Queryable, run: RunId): Promise<{ table: number; state: TableState }[]> {
  return await rowsOf<{ table: number; state: TableState }>(
    db,
    'select table_ordinal as table, state from nightferry.run_table where run = $1 order by table_ordinal',
    [run],
  )
}

const SECONDS = {
  copy: 'seconds_copy',
  indexes: 'seconds_indexes',
  constraints: 'seconds_constraints',
  vacuum: 'seconds_vacuum',
} as const

/** Adds each time it is called: call it once the step has succeeded, and at once. Its span ends now. */
export async function addSeconds(
  db: Queryable,
  run: RunId,
  table: number,
  step: keyof typeof SECONDS,
  seconds: number,
): Promise<void> {
  const column = SECONDS[step]
  await rowsOf(
    db,
    `update nightferry.run_table t
     set ${column} = ${column} + $3, spans = jsonb_set(spans, array[$4::text], case when last.ended >= c.begun
       then ((spans -> $4::text) - -1) || jsonb_build_array(jsonb_build_array(least(last.began, c.now - $3), c.now))
       else coalesce(spans -> $4::text, '[]') || jsonb_build_array(jsonb_build_array(c.now - $3, c.now)) end)
     from (${NOW_AND_PASS}) c, lateral (${LAST_SPAN}) last
     where t.run = $1 and t.table_ordinal = $2`,
    [run, table, seconds, step],
  )
}

const NOW_AND_PASS = `select extract(epoch from clock_timestamp())::float8 as now,
  (select extract(epoch from min(started_at))::float8 from nightferry.run_phase where run = $1 group by pass order by pass desc limit 1) as begun`

const LAST_SPAN = `select (t2.spans -> $4::text -> -1 ->> 0)::float8 as began, (t2.spans -> $4::text -> -1 ->> 1)::float8 as ended
  from nightferry.run_table t2 where t2.run = $1 and t2.table_ordinal = $2`

/** Repeatable: the same failure of the same table is kept once. */
export async function addFailure(db: Queryable, run: RunId, table: number, failure: FailureRecord): Promise<void> {
  const shown = (text: string | null): string | null => text?.replaceAll('\0', NUL_SHOWN) ?? null
  await rowsOf(
    db,
    `insert into nightferry.failure (run, table_ordinal, kind, message, remedy, column_name, key, reason)
     select $1, $2::int, $3, $4, $5, $6, $7, $8
     where not exists (
       select from nightferry.failure
       where run = $1 and table_ordinal = $2::int and kind = $3 and message = $4
       and column_name is not distinct from $6 and key is not distinct from $7 and reason is not distinct from $8)`,
    [
      run,
      table,
      failure.kind,
      shown(failure.message),
      shown(failure.remedy),
      shown(failure.column),
      shown(failure.key),
      shown(failure.reason),
    ],
  )
}

/** PostgreSQL's text takes no NUL, and a value that was refused for its NUL may be quoted in the reason. */
const NUL_SHOWN = '\u2400'
