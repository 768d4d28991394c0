import type { Encoding } from '../cast.js'
import type { PlannedTable } from '../plan/types.js'
import { fieldAt } from './fields.js'
import { compareBytes } from './lines.js'

export type Order<T> = (a: T, b: T) => number

const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/**
 * Compares two canonical lines of a table by its key, as both servers order it. For tables whose digest is ordered:
 * throws for a key of another kind.
 */
export function keyOrder(table: PlannedTable): Order<Uint8Array> {
  const columns = (table.key?.columns ?? []).map(({ column, descending }) => {
    const at = table.columns.findIndex((planned) => planned.source === column)
    const planned = table.columns[at]
    if (planned === undefined) throw new Error(`${column} is a column of the key and not carried`)
    const order = orderOf(planned.cast.encoding)
    return { at, order: descending ? (a: Uint8Array, b: Uint8Array) => order(b, a) : order }
  })
  if (columns.length === 0) throw new Error('the table has no key')
  return (a, b) => {
    for (const { at, order } of columns) {
      const result = order(fieldAt(a, at), fieldAt(b, at))
      if (result !== 0) return result
    }
    return 0
  }
}

/** Of the encodings for which `digestForm` calls a key ordered; bytes are hexadecimal digits behind the same prefix. */
const ORDERS: Readonly<Partial<Record<Encoding['as'], Order<Uint8Array>>>> = {
  integer: compareNumbers,
  decimal: compareNumbers,
  date: compareMoments,
  timestamp: compareMoments,
  time: compareBytes,
  bytes: compareBytes,
}

function orderOf({ as }: Encoding): Order<Uint8Array> {
  const order = ORDERS[as]
  if (order === undefined) throw new Error(`keys of encoding ${as} are not ordered alike on both sides`)
  return order
}

/** Digits of any length, with or without a fraction; `NaN` and `Infinity`, which only the target can hold, at the ends. */
function compareNumbers(a: Uint8Array, b: Uint8Array): number {
  const signs = signOf(a) - signOf(b)
  if (signs !== 0) return signs
  return a[0] === MINUS ? compareMagnitudes(b.subarray(1), a.subarray(1)) : compareMagnitudes(a, b)
}

const signOf = (text: Uint8Array): number => (text[0] === MINUS ? -1 : 1)

function compareMagnitudes(a: Uint8Array, b: Uint8Array): number {
  const aEnd = pointOf(a)
  const bEnd = pointOf(b)
  const aFrom = skipZeros(a, aEnd)
  const bFrom = skipZeros(b, bEnd)
  const lettered = rankOf(a) - rankOf(b)
  if (lettered !== 0) return lettered
  if (aEnd - aFrom !== bEnd - bFrom) return aEnd - aFrom - (bEnd - bFrom)
  const whole = compareBytes(a.subarray(aFrom, aEnd), b.subarray(bFrom, bEnd))
  return whole !== 0 ? whole : compareFractions(a.subarray(aEnd + 1), b.subarray(bEnd + 1))
}

/** Numbers, then Infinity, then NaN, as PostgreSQL orders them. */
const rankOf = (text: Uint8Array): number => {
  const first = text[0] ?? ZERO
  return first >= ZERO && first <= NINE ? 0 : first
}

function pointOf(text: Uint8Array): number {
  const point = text.indexOf(POINT)
  return point === -1 ? text.length : point
}

function skipZeros(text: Uint8Array, end: number): number {
  let at = 0
  while (at < end && text[at] === ZERO) at++
  return at
}

function compareFractions(a: Uint8Array, b: Uint8Array): number {
  const longer = Math.max(a.length, b.length)
  for (let i = 0; i < longer; i++) {
    const difference = (a[i] ?? ZERO) - (b[i] ?? ZERO)
    if (difference !== 0) return difference
  }
  return 0
}

/** ISO dates and moments in UTC: a year may have more than four digits, `infinity` stands at either end. */
function compareMoments(a: Uint8Array, b: Uint8Array): number {
  const years = yearDigits(a) - yearDigits(b)
  return years !== 0 ? years : compareBytes(a, b)
}

/** Digits before the first hyphen; 0 for `-infinity`, more than any year has for `infinity`. */
function yearDigits(text: Uint8Array): number {
  const hyphen = text.indexOf(MINUS)
  return hyphen === -1 ? 99 : hyphen
}
