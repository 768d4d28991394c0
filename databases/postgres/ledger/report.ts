import type { FailureKind } from '../../../core/failure.js'
import type { NotCarried } from '../../../core/finding.js'
import type { Plan } from '../../../core/plan/types.js'
import type { DeclaredLoss, RunReport, StepSpan, TableReport } from '../../../core/report.js'
import type { ReadLabel, RunId, RunPhase, TableState } from '../../../core/run.js'
import { chunkSums, NO_CHUNKS, type ChunkSums } from './chunk-sums.js'
import { proofsOf } from './proof-report.js'
import { countOf, iso, rowsOf, type Queryable } from './query.js'
import { readReading } from './reading.js'
import { summaryOf } from './runs.js'
import { spansOf } from './spans.js'
import { readVersion } from './versions.js'

/** `refused` where this target knows no such run. A handful of statements, whatever the run's size, and two for each proof. */
export async function readReport(db: Queryable, run: RunId): Promise<RunReport> {
  const summary = await summaryOf(db, run)
  const { plan } = await readVersion(db, summary.version)
  const reading = await readReading(db, run)
  const reports = await tables(db, run, plan)
  return {
    format: 1,
    migration: plan.migration,
    summary,
    label: summary.label,
    ...(reading === null ? {} : { reading }),
    phases: await phases(db, run),
    tables: reports,
    decisions: plan.decisions,
    findings: plan.findings,
    notCarried: [...reports.flatMap(setAside), ...plan.notCarried],
    declaredLosses: await declaredLosses(db, run, plan),
    proofs: await proofsOf(db, run),
  }
}

async function phases(db: Queryable, run: RunId): Promise<{ phase: RunPhase; seconds: number }[]> {
  return await rowsOf<{ phase: RunPhase; seconds: number }>(
    db,
    `select phase, sum(extract(epoch from coalesce(ended_at, now()) - started_at))::float8 as seconds
     from nightferry.run_phase where run = $1 and phase <> 'closed' group by phase order by min(started_at)`,
    [run],
  )
}

interface TableRow {
  readonly table_ordinal: number
  readonly state: TableState
  readonly rows_counted: string | null
  readonly proved_by: string | null
  readonly mended: boolean
  readonly copy: number
  readonly indexes: number
  readonly constraints: number
  readonly vacuum: number
  readonly label: ReadLabel | null
  readonly by: string | null
  readonly why: string | null
  readonly at: string | null
}

async function tables(db: Queryable, run: RunId, plan: Plan): Promise<TableReport[]> {
  const rows = await rowsOf<TableRow & { [column: string]: unknown }>(
    db,
    `select table_ordinal, state, rows_counted, proved_by, seconds_copy as copy, seconds_indexes as indexes,
       seconds_constraints as constraints, seconds_vacuum as vacuum,
       coalesce(label, (select first_label from nightferry.run r where r.run = t.run)) as label,
       skipped_by as by, skipped_why as why, ${iso('skipped_at')} as at,
       exists (select from nightferry.mended m join nightferry.proof p using (proof)
         where p.run = t.run and m.table_ordinal = t.table_ordinal) as mended
     from nightferry.run_table t where run = $1 order by table_ordinal`,
    [run],
  )
  const sums = await chunkSums(db, run)
  const failed = await failures(db, run)
  const spans = await spansOf(db, run)
  return rows.map((row) => ({
    ...tableReport(row, plan, sums.get(row.table_ordinal) ?? NO_CHUNKS, failed.get(row.table_ordinal) ?? []),
    ...spanned(spans.get(row.table_ordinal)),
  }))
}

const spanned = (spans: readonly StepSpan[] | undefined): Pick<TableReport, 'spans'> =>
  spans === undefined ? {} : { spans }

function tableReport(row: TableRow, plan: Plan, sums: ChunkSums, failed: TableReport['failures']): TableReport {
  const { indexes, constraints, vacuum } = row
  // Seconds that somebody added to the table, else the sum over its chunks: sessions' time, which is more than the
  // clock's where several copied at once.
  const copy = row.copy > 0 ? row.copy : sums.seconds
  return {
    table: plan.tables[row.table_ordinal]?.source ?? `table ${row.table_ordinal}`,
    target: plan.tables[row.table_ordinal]?.target ?? `table ${row.table_ordinal}`,
    state: row.state,
    rowsRead: sums.rowsRead,
    rowsLoaded: sums.rowsLoaded,
    rowsCounted: row.rows_counted === null ? null : countOf(row.rows_counted),
    bytes: sums.bytes,
    chunks: sums.chunks,
    seconds: { copy, indexes, constraints, vacuum },
    failures: failed,
    ...(row.proved_by !== null && { provedBy: row.proved_by }),
    ...(row.label !== null && { label: row.label }),
    ...(row.mended && { label: 'best-effort' }),
    ...(row.state === 'skipped' && { skipped: { by: row.by ?? '', why: row.why ?? '', at: row.at ?? '' } }),
  }
}

/** What a person set aside in this run is not carried by it. */
const setAside = ({ table, skipped }: TableReport): NotCarried[] =>
  skipped === undefined
    ? []
    : [
        {
          ...{ kind: 'table', name: table, table, original: '' },
          reason: `skipped by ${skipped.by} at ${skipped.at}: ${skipped.why}`,
        },
      ]

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
