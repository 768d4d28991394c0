import { remember, type Ended } from '../../core/remembering.js'
import type { FailureRecord } from '../../core/failure.js'
import type { RunMemory } from '../../core/memory.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { TableReport } from '../../core/report.js'
import { plan, plannedTable, report, summary, tableReport } from './client-documents.js'

/** A night over the table `orders`, or over these; `differs` says what of its report and its plan is otherwise. */
export function ended(
  run: string,
  differs: {
    readonly tables?: readonly PlannedTable[]
    readonly reports?: Readonly<Record<string, Partial<TableReport>>>
    readonly counters?: Readonly<Record<string, string>>
    readonly report?: Partial<Ended['report']>
  } = {},
): Ended {
  const tables = (differs.tables ?? [plannedTable('orders')]).map((table, ordinal) => ({ ...table, ordinal }))
  return {
    plan: plan({ tables }),
    report: report({
      summary: summary({ run, label: 'snapshot' }),
      tables: tables.map(({ source }) => tableReport(source, differs.reports?.[source] ?? {})),
      ...differs.report,
    }),
    counters: new Map(Object.entries(differs.counters ?? {})),
    published: 'published',
    notes: [],
  }
}

export const memory = (...of: Parameters<typeof ended>): RunMemory => remember(ended(...of), null)

export const failure = (differs: Partial<FailureRecord> = {}): FailureRecord => ({
  kind: 'row-refused',
  message: 'a value of orders.state has no form under its cast',
  remedy: 'cast it',
  column: 'state',
  key: 'id=4711',
  reason: '"secret" is refused',
  ...differs,
})
