import type { Key, KeyRange } from '../../core/key-range.js'
import type { ChunkKey, ChunkKeyColumn } from '../../core/plan/types.js'

type KeyForm = 'number' | 'moment' | 'name' | 'text' | 'bytes'

/** How a boundary of each type is read and written back. What is not here cannot cut a table into chunks. */
const FORMS: Readonly<Record<string, KeyForm>> = {
  tinyint: 'number',
  smallint: 'number',
  mediumint: 'number',
  int: 'number',
  bigint: 'number',
  decimal: 'number',
  year: 'number',
  date: 'moment',
  datetime: 'moment',
  timestamp: 'moment',
  time: 'moment',
  uuid: 'name',
  inet4: 'name',
  inet6: 'name',
  char: 'text',
  varchar: 'text',
  binary: 'bytes',
  varbinary: 'bytes',
}

/** Text and blobs are missing on purpose: an index holds only a prefix of them. Floats do not survive their text. */
export const CHUNKABLE_TYPES: readonly string[] = Object.keys(FORMS)

/** A boundary goes into SQL as a literal, so only what its form allows gets there. */
const SAFE: Readonly<Record<KeyForm, RegExp>> = {
  number: /^-?\d+(\.\d+)?$/,
  moment: /^[-\d: .]+$/,
  name: /^[\da-fA-F:.-]+$/,
  text: /^([\dA-F]{2})*$/,
  bytes: /^([\dA-F]{2})*$/,
}

export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/**
 * The condition `from <= key < to` in the key's own order (descending columns included); `1=1` when both ends are open.
 * Composite ranges are written out with OR: a row comparison is a full scan on MySQL and MariaDB.
 */
export function rangeWhere(key: ChunkKey, range: KeyRange): string {
  const ends = []
  if (range.from !== null) ends.push(beyond(key, range.from, 'from'))
  if (range.to !== null) ends.push(beyond(key, range.to, 'to'))
  return ends.length === 0 ? '1=1' : ends.join(' AND ')
}

/** The select list that yields each key column as the text of its form: digits, a moment, or hexadecimal bytes. */
export function keySelectList(key: ChunkKey): string {
  return key.columns
    .map((c) => {
      const form = formOf(c)
      return form === 'text' || form === 'bytes'
        ? `HEX(${quoteName(c.column)})`
        : `CAST(${quoteName(c.column)} AS CHAR)`
    })
    .join(', ')
}

export const orderBy = (key: ChunkKey): string =>
  key.columns.map((c) => quoteName(c.column) + (c.descending ? ' DESC' : '')).join(', ')

/**
 * `a >= x AND (a > x OR (a = x AND b >= y))`: the redundant first comparison is what the optimizer makes its range of.
 * NULL cannot occur in a key, so no comparison is unknown.
 */
function beyond(key: ChunkKey, bound: Key, end: 'from' | 'to'): string {
  if (bound.length !== key.columns.length) throw new RangeError('a boundary has as many parts as its key has columns')
  const parts = key.columns.map((column, i) => ({
    name: quoteName(column.column),
    value: keyLiteral(column, bound[i] as string),
    past: (end === 'from') === column.descending ? '<' : '>',
  }))
  const last = parts.pop() as (typeof parts)[number]
  const first = parts[0]
  let condition = `${last.name} ${end === 'from' ? `${last.past}=` : last.past} ${last.value}`
  for (const { name, value, past } of parts.reverse()) {
    condition = `(${name} ${past} ${value} OR (${name} = ${value} AND ${condition}))`
  }
  return first === undefined ? condition : `${first.name} ${first.past}= ${first.value} AND ${condition}`
}

/** An introducer names the column's own charset, so its collation decides and its index is used. */
function keyLiteral(column: ChunkKeyColumn, text: string): string {
  const form = formOf(column)
  if (!SAFE[form].test(text)) throw new RangeError(`a boundary of a ${column.type} column is not in its form`)
  switch (form) {
    case 'number':
      return text
    case 'moment':
    case 'name':
      return `'${text}'`
    case 'bytes':
      return `_binary X'${text}'`
    case 'text':
      return `_${column.charset ?? 'binary'} X'${text}'`
  }
}

function formOf(column: ChunkKeyColumn): KeyForm {
  const form = FORMS[column.type]
  if (form === undefined) throw new RangeError(`a ${column.type} column cannot cut a table into chunks`)
  return form
}
