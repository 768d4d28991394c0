import type { Cast } from '../../core/cast.js'
import type { KeyRange } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { convertedExpression, textReading } from './charsets.js'
import { orderBy, quoteName, rangeWhere } from './range.js'

/** The SELECT that reads a range's rows, columns in the plan's order, rows in the key's order where there is a key. */
export function selectRange(table: PlannedTable, range: KeyRange): string {
  const list = table.columns.map((c) => columnExpression(quoteName(c.source), c.cast)).join(', ')
  const from = `SELECT ${list} FROM ${quoteName(table.source)}`
  if (table.key === null) return from
  const force = `FORCE INDEX (${quoteName(table.key.index)})`
  return `${from} ${force} WHERE ${rangeWhere(table.key, range)} ORDER BY ${orderBy(table.key)}`
}

/** A double without digits of its own prints its shortest text, `double(10,2)` two digits whatever they are. */
const SHORTEST_DOUBLE = /^(double|double precision|real)( unsigned)?$/i

function columnExpression(column: string, { encoding, from }: Cast): string {
  // A FLOAT prints six digits, the double of the same value prints all. `+ 0e0` would lose the sign of -0,
  // CAST AS DOUBLE is not there before MySQL 8.0.17.
  if (encoding.as === 'real') return `${column} * 1e0`
  if (encoding.as === 'double' && !SHORTEST_DOUBLE.test(from)) return `${column} * 1e0`
  if (!('charset' in encoding) || textReading(encoding.charset) !== 'converted') return column
  return convertedExpression(column, encoding.charset)
}
