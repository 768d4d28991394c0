import type { SourceIndex } from '../../core/catalog.js'
import { groupBy, type TextRow } from './query.js'
import { withoutEscapedQuotes } from './string-literal.js'

const bySequence = (a: TextRow, b: TextRow): number => Number(a.seq_in_index) - Number(b.seq_in_index)

/** A table's indexes from its rows of information_schema.statistics: the primary key first, the others by name. */
export function readIndexes(rows: readonly TextRow[]): SourceIndex[] {
  const byName = groupBy(rows, 'index_name')
  return [...byName.entries()]
    .map(([name, parts]) => readIndex(name, parts.toSorted(bySequence)))
    .sort((a, b) => Number(b.primary) - Number(a.primary) || (a.name < b.name ? -1 : 1))
}

function readIndex(name: string, parts: readonly TextRow[]): SourceIndex {
  const first = parts[0]
  const method = (first?.index_type ?? '').toLowerCase()
  // A spatial index counts the bytes of its box as a prefix, which nobody declared.
  const hasPrefixes = method === 'btree' || method === 'hash'
  return {
    name,
    primary: name === 'PRIMARY',
    unique: first?.non_unique === '0',
    method,
    columns: parts.map((part) => ({
      column: part.column_name ?? null,
      expression: part.expression == null ? null : withoutEscapedQuotes(part.expression),
      prefix: hasPrefixes && part.sub_part != null ? Number(part.sub_part) : null,
      descending: part.collation === 'D',
    })),
    comment: first?.index_comment ?? '',
    ...(first?.unusable === 'YES' ? { unusable: true } : {}),
  }
}
