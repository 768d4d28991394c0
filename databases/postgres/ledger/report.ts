import type { FailureKind } from '../../../core/failure.js'
import type { Plan } from '../../../core/plan/types.js'
import type { DeclaredLoss, RunReport, TableReport } from '../../../core/report.js'
import type { RunId, RunPhase, TableState } from '../../../core/run.js'
import { countOf, rowsOf, type Queryable } from './query.js'
import { summaryOf } from './runs.js'
import { readVersion } from './versions.js'

/** `refused` where this target knows no such run. Six statements, whatever the run's size. */
export async function readReport(db: Queryable, run: RunId): Promise<RunReport> {
  const summary = await summaryOf(db, run)
  const { plan } = await readVersion(db, summary.version)
  return {
    format: 1,
    migration: plan.migration,
    summary,
    label: summary.label,
    phases: await phases(db, run),
    tables: await tables(db, run, plan),
    decisions: plan.decisions,
    findings: plan.findings,
    notCarried: plan.notCarried,
    declaredLosses: await declaredLosses(db, run, plan),
  }
}

async function phases(db: Queryable, run: RunId): Promise<{ phase: RunPhase; seconds: number }[]> {
  return await rowsOf<{ phase: RunPhase; seconds: number }>(
    db,
    `select phase, extract(epoch from coalesce(ended_at, now()) - started_at)::float8 as seconds
     from nightferry.run_phase where run = $1 and phase <> 'closed' order by started_at`,
    [run],
  )
}

interface TableRow {
  readonly table_ordinal: number
  readonly state: TableState
  readonly rows_read: string
  readonly rows_loaded: string
  readonly rows_counted: string | null
  readonly bytes: string
  readonly chunks: string
  readonly copy: number
  readonly indexes: number
  readonly constraints: number
  readonly vacuum: number
}

// Seconds of copying: what was added to the table if anybody did, else the sum over its chunks (sessions' time, which
// is more than the clock's where several copied at once).
const TABLES = `select t.table_ordinal, t.state, t.rows_counted,
    coalesce(c.rows_read, 0) as rows_read, coalesce(c.rows_loaded, 0) as rows_loaded,
    coalesce(c.bytes, 0) as bytes, coalesce(c.chunks, 0) as chunks,
    case when t.seconds_copy > 0 then t.seconds_copy else coalesce(c.seconds, 0) end as copy,
    t.seconds_indexes as indexes, t.seconds_constraints as constraints, t.seconds_vacuum as vacuum
  from nightferry.run_table t
  left join (
    select table_ordinal, count(*) as chunks, sum(rows_read) as rows_read, sum(rows_loaded) as rows_loaded,
      sum(bytes) as bytes, sum(seconds)::float8 as seconds
    from nightferry.chunk where run = $1 group by table_ordinal) c on c.table_ordinal = t.table_ordinal
  where t.run = $1 order by t.table_ordinal`

async function tables(db: Queryable, run: RunId, plan: Plan): Promise<TableReport[]> {
  const rows = await rowsOf<TableRow & { [column: string]: unknown }>(db, TABLES, [run])
  const failed = await failures(db, run)
  return rows.map((row) => ({
    table: plan.tables[row.table_ordinal]?.source ?? `table ${row.table_ordinal}`,
    target: plan.tables[row.table_ordinal]?.target ?? `table ${row.table_ordinal}`,
    state: row.state,
    rowsRead: countOf(row.rows_read),
    rowsLoaded: countOf(row.rows_loaded),
    rowsCounted: row.rows_counted === null ? null : countOf(row.rows_counted),
    bytes: countOf(row.bytes),
    chunks: countOf(row.chunks),
    seconds: { copy: row.copy, indexes: row.indexes, constraints: row.constraints, vacuum: row.vacuum },
    failures: failed.get(row.table_ordinal) ?? [],
  }))
}

interface FailureRow {
  readonly table_ordinal: number
  readonly kind: FailureKind
  readonly message: string
  readonly remedy: string
  readonly column_name: string | null
  readonly key: string | null
  readonly reason: string | null
}

async function failures(db: Queryable, run: RunId): Promise<Map<number, TableReport['failures']>> {
  const rows = await rowsOf<FailureRow & { [column: string]: unknown }>(
    db,
    `select table_ordinal, kind, message, remedy, column_name, key, reason
     from nightferry.failure where run = $1 order by id`,
    [run],
  )
  const byTable = new Map<number, TableReport['failures']>()
  for (const { table_ordinal: table, column_name: column, kind, message, remedy, key, reason } of rows)
    byTable.set(table, [...(byTable.get(table) ?? []), { kind, message, remedy, column, key, reason }])
  return byTable
}

async function declaredLosses(db: Queryable, run: RunId, plan: Plan): Promise<DeclaredLoss[]> {
  const rows = await rowsOf<{ table_ordinal: number; column: string; rows: string }>(
    db,
    `select c.table_ordinal, z.key as column, sum(z.value::bigint) as rows
     from nightferry.chunk c cross join lateral jsonb_each_text(c.zero_dates) z
     where c.run = $1 and c.zero_dates is not null
     group by 1, 2 order by 1, 2`,
    [run],
  )
  return rows.map(({ table_ordinal: ordinal, column, rows: changed }) => ({
    table: plan.tables[ordinal]?.source ?? `table ${ordinal}`,
    column,
    what: whatBecame(plan, ordinal, column),
    rows: countOf(changed),
  }))
}

function whatBecame(plan: Plan, ordinal: number, column: string): string {
  const encoding = plan.tables[ordinal]?.columns.find((c) => c.source === column)?.cast.encoding
  const policy = encoding && 'onZero' in encoding ? encoding.onZero : null
  return policy?.do === 'literal' ? `zero date became ${policy.value}` : 'zero date became NULL'
}
