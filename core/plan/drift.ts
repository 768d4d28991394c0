import type { SourceCatalog, SourceTable } from '../catalog.js'
import type { Plan, PlannedTable } from './types.js'

/** A table that is no longer what the plan was made from, and one sentence that says how. */
export interface ChangedTable {
  readonly ordinal: number
  readonly what: string
}

/**
 * Compares what a copy depends on: that the table is there, and that its columns have the types that the casts were
 * chosen for. Indexes and defaults may differ: rows do not go wrong by them, and the next apply shows them.
 */
export function changedSincePlan(plan: Plan, catalog: SourceCatalog): ChangedTable[] {
  const found = new Map(catalog.tables.map((table) => [table.name, table]))
  const changes = plan.tables.map((table) => ({
    ordinal: table.ordinal,
    what: difference(plan, table, found.get(table.source)),
  }))
  return changes.filter((change): change is ChangedTable => change.what !== null)
}

function difference(plan: Plan, planned: PlannedTable, found: SourceTable | undefined): string | null {
  if (found === undefined) return `table ${planned.source} is not there`
  const columns = new Map(found.columns.map((column) => [column.name, column]))
  for (const column of planned.columns) {
    const now = columns.get(column.source)
    if (now === undefined) return `column ${planned.source}.${column.source} is not there`
    if (now.type.declared !== column.cast.from)
      return `column ${planned.source}.${column.source} is ${now.type.declared}, was ${column.cast.from}`
  }
  const known = new Set(planned.columns.map((column) => column.source))
  const declared = new Set(plan.notCarried.filter((n) => n.table === planned.source).map((n) => n.name))
  const added = found.columns.find(
    ({ name, generated }) =>
      generated === null && !known.has(name) && !declared.has(name) && !declared.has(`${planned.source}.${name}`),
  )
  return added === undefined ? null : `column ${planned.source}.${added.name} is new`
}
