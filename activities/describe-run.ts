import type { Bundling } from '../core/plan/bundles.js'
import type { Plan, PlannedTable } from '../core/plan/types.js'
import type { BigTable, Bundle, PreparedRun } from './messages.js'

/** Counts and names for the workflow; big tables biggest first. Tables that `changed` are left out. */
export function describeRun(
  plan: Plan,
  { big, bundles }: Bundling,
  changed: ReadonlySet<number>,
): Omit<PreparedRun, 'reading'> {
  const live = (ordinals: readonly number[]): PlannedTable[] =>
    plan.tables.filter((table) => ordinals.includes(table.ordinal) && !changed.has(table.ordinal))
  const described = bundles.map((ordinals, bundle) => describeBundle(bundle, live(ordinals)))
  const { parallelism, rowsPerSecond, window } = plan.limits
  return {
    parallelism: Math.max(1, parallelism),
    ...(rowsPerSecond !== undefined && { rowsPerSecond }),
    ...(window !== undefined && { window }),
    tables: plan.tables.length,
    stopped: changed.size,
    big: live(big)
      .sort((a, b) => b.estimatedBytes - a.estimatedBytes)
      .map(describeBig),
    bundles: described.filter(({ tables }) => tables > 0),
    constraints: plan.tables.some((table) => hasConstraints(table) || hasComments(table)),
  }
}

const hasConstraints = (table: PlannedTable): boolean => table.foreignKeys.length + table.checks.length > 0

const hasComments = (table: PlannedTable): boolean =>
  table.comment !== '' ||
  table.columns.some((column) => column.comment !== '') ||
  [table.primaryKey, ...table.indexes].some((index) => index !== null && index.comment !== '')

const describeBig = (table: PlannedTable): BigTable => ({
  table: table.ordinal,
  name: table.source,
  size: { estimatedRows: table.estimatedRows, estimatedBytes: table.estimatedBytes },
  indexes: table.indexes.length,
  validate: hasConstraints(table),
})

const describeBundle = (bundle: number, tables: readonly PlannedTable[]): Bundle => ({
  bundle,
  tables: tables.length,
  of: tables.map(({ ordinal }) => ordinal),
  indexes: tables.reduce((sum, table) => sum + table.indexes.length + (table.primaryKey === null ? 0 : 1), 0),
  validate: tables.some(hasConstraints),
})
