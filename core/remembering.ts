import type { RunMemory, TableMemory } from './memory.js'
import { LARGEST } from './plan/plan-identity.js'
import type { Plan, PlannedIndex, PlannedTable } from './plan/types.js'
import type { RunReport, TableReport } from './report.js'
import type { PublishedState, RunSummary } from './run.js'
import { newsOf } from './news.js'

/** What is known of a run that is over. */
export interface Ended {
  readonly report: RunReport
  /** Under which it ended. */
  readonly plan: Plan
  /** What the source's counters would hand out next, digits, by table; the plan's own where one is missing. */
  readonly counters: ReadonlyMap<string, string>
  readonly published: PublishedState
  readonly notes: readonly string[]
}

/** What is kept of a run, with what it has and the one before it had not. */
export function remember({ report, plan, counters, published, notes }: Ended, before: RunMemory | null): RunMemory {
  const planned = new Map(plan.tables.map((table) => [table.source, table]))
  const digests = digestsOf(report)
  const memory: RunMemory = {
    format: 1,
    migration: report.migration,
    summary: { ...report.summary, published },
    report: withoutValues(report),
    tables: report.tables.map((table) =>
      tableMemory(table, planned.get(table.table), counters.get(table.table), digests.get(table.table) ?? null),
    ),
    published,
    notes,
    since: before?.summary.run ?? null,
    news: [],
  }
  return { ...memory, news: newsOf(memory, before) }
}

/**
 * Of a night that could not be taken, and of a run that ended before anything was registered: it is listed with its
 * reason; nothing is compared with it, and it has no news.
 */
export const rememberUnread = (migration: string, summary: RunSummary, notes: readonly string[]): RunMemory => ({
  ...{ format: 1, migration, summary: { ...summary, published: 'not published' }, report: null, tables: [] },
  ...{ published: 'not published', notes, since: null, news: [] },
})

/** The same run, once more is known of what came behind it. */
export const noted = (kept: RunMemory, { published, notes }: Pick<Ended, 'published' | 'notes'>): RunMemory => ({
  ...kept,
  summary: { ...kept.summary, published },
  published,
  notes,
})

/** Keys of refused rows, and what the servers said of them, stay in the ledger. */
function withoutValues(report: RunReport): RunReport {
  const tables = report.tables.map((table) => ({
    ...table,
    failures: table.failures.map((failure) => ({ ...failure, key: null, reason: null })),
  }))
  return { ...report, tables }
}

/** Of the run's own proof; a table in buckets has none that is short enough. */
function digestsOf({ proofs }: RunReport): ReadonlyMap<string, string> {
  const load = proofs.findLast(({ kind }) => kind === 'load')
  return new Map(
    (load?.tables ?? []).flatMap(({ table, t, s0 }) => ((t ?? s0) === null ? [] : [[table, t ?? s0 ?? '']])),
  )
}

function tableMemory(
  table: TableReport,
  planned: PlannedTable | undefined,
  next: string | undefined,
  digest: string | null,
): TableMemory {
  const { copy, indexes, constraints, vacuum } = table.seconds
  return {
    table: table.table,
    rows: table.rowsLoaded,
    bytes: table.bytes,
    seconds: copy + indexes + constraints + vacuum,
    digest,
    state: table.state,
    columns: (planned?.columns ?? []).map(({ source, cast, notNull }) => ({
      name: source,
      source: cast.from,
      target: notNull ? `${cast.to} not null` : cast.to,
    })),
    indexes: planned === undefined ? [] : indexesOf(planned),
    counter: planned === undefined ? null : counterOf(planned, next),
    failures: table.failures.map(({ kind, column, remedy, message }) => ({ kind, column, remedy, message })),
  }
}

const indexesOf = ({ primaryKey, indexes }: PlannedTable): string[] =>
  [...(primaryKey === null ? [] : [primaryKey]), ...indexes].map(described)

/** `idx_mail (mail, sent desc) unique`: one that was made otherwise under its old name is another one. */
function described({ source, unique, columns }: PlannedIndex): string {
  const names = columns.map(({ column, descending }) => (descending ? `${column} desc` : column))
  return `${source} (${names.join(', ')})${unique && source !== 'PRIMARY' ? ' unique' : ''}`
}

function counterOf({ identity, columns }: PlannedTable, next: string | undefined): TableMemory['counter'] {
  if (identity === null) return null
  const column = columns.find(({ target }) => target === identity.column)
  const end = LARGEST[column?.cast.to ?? '']
  return column === undefined || end === undefined
    ? null
    : { column: column.source, next: next ?? identity.next, end: String(end) }
}
