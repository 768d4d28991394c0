import type { SourceIndex, SourceTable } from '../catalog.js'
import type { ChunkKey, ChunkKeyColumn } from './types.js'

/**
 * Source types whose values can be boundaries: they have one exact text, and the server compares it in the index's own
 * order. The source adapter has the same list with how each is written; a test holds the two together.
 */
export const CHUNKABLE_TYPES: readonly string[] = [
  'tinyint',
  'smallint',
  'mediumint',
  'int',
  'bigint',
  'decimal',
  'year',
  'date',
  'datetime',
  'timestamp',
  'time',
  'uuid',
  'inet4',
  'inet6',
  'char',
  'varchar',
  'binary',
  'varbinary',
]

/**
 * The index that cuts the table: the primary key, because rows lie in its order; else the first unique key that needs
 * no prefix, else the first that does. Null: one chunk.
 */
export function chooseChunkKey(table: SourceTable): ChunkKey | null {
  const usable = table.indexes
    .filter((index) => index.unique && !index.unusable && index.method === 'btree' && isNotNull(table, index))
    .map((index) => keyOf(table, index))
    .filter((key) => key !== null)
  const primary = usable.find((key) => table.indexes.some((index) => index.primary && index.name === key.index))
  return primary ?? usable.find((key) => key.unique) ?? usable[0] ?? null
}

/** NULL sorts and compares apart, so no part of a key may be it. */
const isNotNull = (table: SourceTable, index: SourceIndex): boolean =>
  index.columns.every(({ column }) => table.columns.some(({ name, nullable }) => name === column && !nullable))

function keyOf(table: SourceTable, index: SourceIndex): ChunkKey | null {
  const columns: ChunkKeyColumn[] = []
  for (const part of index.columns) {
    const column = table.columns.find(({ name }) => name === part.column)
    if (!column || part.prefix !== null || !CHUNKABLE_TYPES.includes(column.type.base)) break
    const { base, charset, collation } = column.type
    columns.push({ column: column.name, type: base, charset, collation, descending: part.descending })
  }
  return columns.length ? { index: index.name, columns, unique: columns.length === index.columns.length } : null
}
