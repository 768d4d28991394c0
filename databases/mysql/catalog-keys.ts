import type { ForeignKeyRule, SourceForeignKey } from '../../core/catalog.js'
import { groupBy, type TextRow } from './query.js'

const RULES: readonly ForeignKeyRule[] = ['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL', 'SET DEFAULT']

/** A table's foreign keys, by name. `rules` are the same table's rows of information_schema.referential_constraints. */
export function readForeignKeys(keyColumns: readonly TextRow[], rules: readonly TextRow[]): SourceForeignKey[] {
  const byName = groupBy(keyColumns, 'constraint_name')
  return [...byName.entries()]
    .map(([name, rows]) => {
      const columns = rows.toSorted((a, b) => Number(a.ordinal_position) - Number(b.ordinal_position))
      const rule = rules.find((row) => row.constraint_name === name)
      return {
        name,
        columns: columns.map((row) => row.column_name ?? ''),
        referencedDatabase: columns[0]?.to_schema ?? '',
        referencedTable: columns[0]?.to_table ?? '',
        referencedColumns: columns.map((row) => row.to_column ?? ''),
        onUpdate: readRule(rule?.update_rule),
        onDelete: readRule(rule?.delete_rule),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const readRule = (text: string | null | undefined): ForeignKeyRule => RULES.find((rule) => rule === text) ?? 'NO ACTION'
