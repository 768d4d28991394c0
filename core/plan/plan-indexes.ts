import type { SourceIndex, SourceTable } from '../catalog.js'
import type { CastedColumn } from '../casts/linked.js'
import { indexName, targetName, type NameSpace } from '../names-of-objects.js'
import { carryComment } from './carry-comment.js'
import type { Notes } from './notes.js'
import type { PlannedIndex } from './types.js'
import { isPadded, isLoose } from './collations.js'

export interface PlannedIndexes {
  readonly primaryKey: PlannedIndex | null
  readonly indexes: readonly PlannedIndex[]
}

/** Primary, unique and plain indexes, all as btree. What cannot be one is left, with its reason. */
export function planIndexes(
  table: SourceTable,
  columns: readonly CastedColumn[],
  space: NameSpace,
  notes: Notes,
): PlannedIndexes {
  const planned: PlannedIndex[] = []
  let primaryKey: PlannedIndex | null = null
  for (const index of table.indexes) {
    const reason = whyNot(index, columns)
    if (reason !== null) {
      notes.leave('index', index.name, table.name, reason, originalOf(index))
      continue
    }
    if (index.unique) tellUniqueness(table, index, columns, notes)
    const carried = planIndex(table, index, space, notes)
    if (index.primary) primaryKey = carried
    else planned.push(carried)
  }
  return { primaryKey, indexes: planned }
}

function planIndex(table: SourceTable, index: SourceIndex, space: NameSpace, notes: Notes): PlannedIndex {
  const name = targetName(table.name)
  const wanted = index.primary ? `${name}_pkey` : indexName(name, index.name)
  return {
    source: index.name,
    target: space.claim(wanted, `index ${table.name}.${index.name}`),
    unique: index.unique,
    columns: index.columns.map((part) => ({ column: targetName(part.column!), descending: part.descending })),
    comment: carryComment(index.comment, index.name, table.name, notes),
  }
}

function whyNot(index: SourceIndex, columns: readonly CastedColumn[]): string | null {
  if (index.method === 'fulltext')
    return 'a search in texts works differently in PostgreSQL (tsvector), and is not built yet'
  if (index.method === 'spatial' || index.method === 'rtree') return 'an index of shapes is not built yet'
  if (index.columns.some((part) => part.column === null)) return 'an expression of the source is not translated yet'
  const prefix = index.columns.find((part) => part.prefix !== null)
  if (prefix) {
    const part = `the first ${prefix.prefix} characters of ${prefix.column}`
    return index.unique || index.primary
      ? `it holds only ${part} unique, which no plain index of PostgreSQL does`
      : `it holds only ${part}: PostgreSQL would use such an index only for queries on left(${prefix.column}, ${prefix.prefix}), and whole values may be too long for one`
  }
  const json = columns.find(
    ({ column, cast }) => cast.to === 'json' && index.columns.some((part) => part.column === column.name),
  )
  return json ? 'values of type json have no order in PostgreSQL: jsonb has one' : null
}

/** The index as the source would write it. */
function originalOf(index: SourceIndex): string {
  const kind = index.primary
    ? 'PRIMARY KEY'
    : `${{ fulltext: 'FULLTEXT ', spatial: 'SPATIAL ' }[index.method] ?? (index.unique ? 'UNIQUE ' : '')}KEY \`${index.name}\``
  const parts = index.columns.map(({ column, expression, prefix, descending }) => {
    const what = column === null ? `(${expression ?? ''})` : `\`${column}\`${prefix === null ? '' : `(${prefix})`}`
    return `${what}${descending ? ' DESC' : ''}`
  })
  return `${kind} (${parts.join(', ')})`
}

/** Whether two values are the same is the collation's decision in the source, and the bytes' in PostgreSQL. */
function tellUniqueness(table: SourceTable, index: SourceIndex, columns: readonly CastedColumn[], notes: Notes): void {
  const parts = columns.filter(({ column }) => index.columns.some((part) => part.column === column.name))
  const texts = parts.filter(({ cast }) => cast.encoding.as === 'text')
  const subject = `${table.name}.${index.name}`
  const loose = texts.filter(({ column }) => isLoose(column.type))
  const padded = texts.filter(({ column }) => isPadded(column.type))
  if (loose.length || padded.length) {
    const names = (loose.length ? loose : padded)
      .map(({ column }) => `${column.name} (${column.type.collation})`)
      .join(', ')
    const what = loose.length ? 'case, accents or trailing blanks' : 'trailing blanks'
    notes.say(
      'info',
      'unique-is-weaker',
      subject,
      `for ${names} the source takes values that differ only in ${what} for the same, PostgreSQL does not`,
      'nothing for the rows of today; the application may now add such values side by side',
    )
  }
  const replaced = parts.find(({ cast }) => 'onZero' in cast.encoding && cast.encoding.onZero.do === 'literal')
  if (replaced) {
    notes.say(
      'info',
      'unique-may-collide',
      subject,
      `several impossible dates of ${replaced.column.name} become one and the same date`,
      'nothing, unless the index is refused: then mend these dates in the source',
    )
  }
}
