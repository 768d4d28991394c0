import type { Encoding } from '../../../core/cast.js'
import { textReading } from '../charsets.js'
import { bitsEncoder, encodeBitBoolean, encodeBitInteger } from './bits.js'
import { beginBytes, encodeBytes, encodeHex } from './bytes.js'
import { DateEncoder, TimestampEncoder } from './date.js'
import type { Decoder } from './decode.js'
import { DecodedText, refuseLossy } from './decoded.js'
import { encodeDouble, encodeReal } from './float.js'
import { encodeEwkb, encodeWkb } from './geometry.js'
import { encodeInet } from './inet.js'
import { encodeBoolean, encodeDecimal, encodeInteger } from './integer.js'
import { JsonEncoder } from './json.js'
import { enumEncoder, setEncoder } from './labels.js'
import type { Output } from './output.js'
import { encodeText } from './text.js'
import { encodeInterval, encodeTime } from './time.js'
import { encodeUuid, encodeUuidBytes } from './uuid.js'
import { encodeVector } from './vector.js'
import type { ZeroDates } from './zero-dates.js'

/** Writes the value at [from, to) of `bytes` as canonical COPY text, or throws Refused. NULL never comes here. */
export type Encode = (out: Output, bytes: Buffer, from: number, to: number) => void

/** What the row loop does itself for short values; everything else goes through `encode`. */
export const FAST = { none: 0, number: 1, text: 2, ascii: 3, bytes: 4, date: 5, timestamp: 6, timestamptz: 7 } as const

export interface ColumnEncoder {
  readonly fast: number
  readonly encode: Encode
  /** For long values that need not be held whole. */
  readonly parts?: Parts
  /** For values that must be, but whose text need not be written at once: the text before COPY's escapes. */
  readonly normal?: (bytes: Buffer, from: number, to: number) => Buffer
  readonly zero?: ZeroDates
}

export interface Parts {
  /** Each part but the last has a multiple of this many bytes. */
  readonly unit: number
  readonly begin?: (out: Output) => void
  readonly encode: Encode
  readonly end?: () => void
}

const TEXT: ColumnEncoder = { fast: FAST.text, encode: encodeText, parts: { unit: 1, encode: encodeText } }

/** One encoder per column; it may keep state (counters, scratch), so it belongs to one copy. */
export function columnEncoder(encoding: Encoding, decoders: ReadonlyMap<string, Decoder>): ColumnEncoder {
  switch (encoding.as) {
    case 'integer':
      return { fast: FAST.number, encode: encodeInteger }
    case 'decimal':
      return { fast: FAST.number, encode: encodeDecimal }
    case 'text':
      return textEncoder(encoding.charset, decoders)
    case 'enum':
      return utf8First(encoding.charset, decoders, { fast: FAST.none, encode: enumEncoder(encoding.labels) })
    case 'set':
      return utf8First(encoding.charset, decoders, { fast: FAST.none, encode: setEncoder(encoding.labels) })
    case 'json': {
      const json = new JsonEncoder()
      const encode: Encode = (out, bytes, from, to) => json.encode(out, bytes, from, to)
      const normal = (bytes: Buffer, from: number, to: number): Buffer => json.normal(bytes, from, to)
      return utf8First(encoding.charset, decoders, { fast: FAST.none, encode, normal })
    }
    case 'bytes':
      return { fast: FAST.bytes, encode: encodeBytes, parts: { unit: 1, begin: beginBytes, encode: encodeHex } }
    case 'date': {
      const encoder = new DateEncoder(encoding.onZero)
      return { fast: FAST.date, encode: encoder.encode, zero: encoder.zero }
    }
    case 'timestamp': {
      const encoder = new TimestampEncoder(encoding.zone, encoding.onZero)
      const fast = encoding.zone ? FAST.timestamptz : FAST.timestamp
      return { fast, encode: encoder.encode, zero: encoder.zero }
    }
    case 'bits':
      return slow(bitsEncoder(encoding.width))
    case 'real':
    case 'double':
    case 'boolean':
    case 'bit-boolean':
    case 'bit-integer':
    case 'time':
    case 'interval':
    case 'uuid':
    case 'uuid-bytes':
    case 'inet':
    case 'wkb':
    case 'ewkb':
    case 'vector':
      return slow(SIMPLE[encoding.as])
  }
}

const slow = (encode: Encode, parts?: Parts): ColumnEncoder => ({ fast: FAST.none, encode, ...(parts && { parts }) })

/** Encodings without parameters. */
const SIMPLE = {
  real: encodeReal,
  double: encodeDouble,
  boolean: encodeBoolean,
  'bit-boolean': encodeBitBoolean,
  'bit-integer': encodeBitInteger,
  time: encodeTime,
  interval: encodeInterval,
  uuid: encodeUuid,
  'uuid-bytes': encodeUuidBytes,
  inet: encodeInet,
  wkb: encodeWkb,
  ewkb: encodeEwkb,
  vector: encodeVector,
} as const satisfies Partial<Record<Encoding['as'], Encode>>

function textEncoder(charset: string, decoders: ReadonlyMap<string, Decoder>): ColumnEncoder {
  const decoder = decoders.get(charset)
  if (decoder === undefined) return utf8First(charset, decoders, TEXT)
  const text = new DecodedText(decoder, encodeText)
  return { fast: decoder.ascii ? FAST.ascii : FAST.none, encode: text.encode, parts: text.parts }
}

/** The encoder of a column whose bytes may have to become UTF-8 before. */
function utf8First(charset: string, decoders: ReadonlyMap<string, Decoder>, utf8: ColumnEncoder): ColumnEncoder {
  switch (textReading(charset)) {
    case 'plain':
      return utf8
    case 'stored':
      return slow(new DecodedText(decoders.get(charset) as Decoder, utf8.encode).encode)
    case 'converted': {
      const encode: Encode = (out, bytes, from, to) => {
        refuseLossy(bytes, from, to)
        utf8.encode(out, bytes, from, to)
      }
      return { ...utf8, fast: FAST.none, encode }
    }
  }
}
