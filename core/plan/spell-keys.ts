import type { SourceForeignKey, SourceTable } from '../catalog.js'

/**
 * Foreign keys in the spelling of the tables and columns that they mean: where names do not depend on case, the source
 * prints a key as somebody once typed it.
 */
export function spellKeys(tables: readonly SourceTable[], database: string): readonly SourceTable[] {
  const exact = new Map(tables.map((table) => [table.name, table]))
  const either = new Map(tables.map((table) => [table.name.toLowerCase(), table]))
  const find = (name: string): SourceTable | undefined => exact.get(name) ?? either.get(name.toLowerCase())
  return tables.map((table) => ({
    ...table,
    foreignKeys: table.foreignKeys.map((key) => spell(key, table, database, find)),
  }))
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function spell(
  key: SourceForeignKey,
  table: SourceTable,
  database: string,
  find: (name: string) => SourceTable | undefined,
): SourceForeignKey {
  const columns = key.columns.map((name) => columnOf(table, name))
  if (key.referencedDatabase !== database) return { ...key, columns }
  const referenced = find(key.referencedTable)
  if (!referenced) return { ...key, columns }
  const referencedColumns = key.referencedColumns.map((name) => columnOf(referenced, name))
  return { ...key, columns, referencedTable: referenced.name, referencedColumns }
}

const columnOf = (table: SourceTable, name: string): string =>
  table.columns.find((column) => same(column.name, name))?.name ?? name
