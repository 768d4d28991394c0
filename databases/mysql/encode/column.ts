import type { Encoding } from '../../../core/cast.js'
import { beginBytes, encodeBytes, encodeHex } from './bytes.js'
import { DateEncoder, TimestampEncoder } from './date.js'
import { encodeBoolean, encodeDecimal, encodeInteger } from './integer.js'
import type { Output } from './output.js'
import { encodeText } from './text.js'
import type { ZeroDates } from './zero-dates.js'

/** Writes the value at [from, to) of `bytes` as canonical COPY text, or throws Refused. NULL never comes here. */
export type Encode = (out: Output, bytes: Buffer, from: number, to: number) => void

/** What the row loop does itself for short values; everything else goes through `encode`. */
export const FAST = { none: 0, number: 1, text: 2, date: 3, timestamp: 4, timestamptz: 5 } as const

export interface ColumnEncoder {
  readonly fast: number
  readonly encode: Encode
  /** For values that may be taken in parts of any size: what is written before the first, and how each is written. */
  readonly parts?: { readonly begin?: (out: Output) => void; readonly encode: Encode }
  readonly zero?: ZeroDates
}

/** One encoder per column; it may keep state (counters, scratch), so it belongs to one copy. */
export function columnEncoder(encoding: Encoding): ColumnEncoder {
  switch (encoding.as) {
    case 'integer':
      return { fast: FAST.number, encode: encodeInteger }
    case 'decimal':
      return { fast: FAST.number, encode: encodeDecimal }
    case 'boolean':
      return { fast: FAST.none, encode: encodeBoolean }
    case 'text':
      return { fast: FAST.text, encode: encodeText, parts: { encode: encodeText } }
    case 'bytes':
      return { fast: FAST.none, encode: encodeBytes, parts: { begin: beginBytes, encode: encodeHex } }
    case 'date': {
      const encoder = new DateEncoder(encoding.onZero)
      return { fast: FAST.date, encode: (...value) => encoder.encode(...value), zero: encoder.zero }
    }
    case 'timestamp': {
      const encoder = new TimestampEncoder(encoding.zone, encoding.onZero)
      const fast = encoding.zone ? FAST.timestamptz : FAST.timestamp
      return { fast, encode: (...value) => encoder.encode(...value), zero: encoder.zero }
    }
    default:
      throw new Error(`no encoder for ${encoding.as} yet`)
  }
}
