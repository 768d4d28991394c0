import type { PlannedTable } from '../../core/plan/types.js'
import type { Differences } from './compare-schema-differences.js'
import type { SpelledColumn } from './compare-schema-spelled.js'

/** Type, nullability, default and comment of each planned column; columns that people added. */
export function compareColumns(
  found: Differences,
  table: PlannedTable,
  planned: readonly SpelledColumn[],
  there: readonly SpelledColumn[],
): void {
  const columns = new Map(there.map((column) => [column.name, column]))
  for (const [i, column] of planned.entries()) {
    const subject = `column ${table.target}.${column.name}`
    const is = columns.get(column.name)
    found.add(table, subject, text(column), is === undefined ? null : text(is))
    if (is !== undefined) found.comment(table, subject, table.columns[i]?.comment ?? '', is.comment)
  }
  const names = new Set(planned.map((column) => column.name))
  for (const column of there)
    if (!names.has(column.name)) found.add(table, `column ${table.target}.${column.name}`, null, text(column))
}

function text(column: SpelledColumn): string {
  return [
    column.type,
    ...(column.notNull ? ['not null'] : []),
    ...(column.default === null ? [] : [`default ${column.default}`]),
    ...(column.generated === null ? [] : [`generated as ${column.generated}`]),
  ].join(' ')
}
