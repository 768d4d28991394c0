import type { Encoding, ZeroDatePolicy } from '../cast.js'
import type { SourceType } from '../catalog.js'
import { charsetOf, integerBits, type SourceFamily } from './family.js'
import { firstNumber, type TargetName, type TargetType } from './target-type.js'

/**
 * What a `to:` may ask for. A pair is here only where the encoder writes exactly what PostgreSQL would print back
 * (an int in a numeric(10,2) comes back as `5.00`, in a double as `1e+15`, a char(n) with blanks): everything else
 * would be a difference for ever, so it is refused before any DDL.
 */
export type Conversion = (source: SourceType, target: TargetType, onZero: ZeroDatePolicy) => Encoding | string

type Row = Partial<Record<TargetName, Conversion>>

const always =
  (encoding: Encoding): Conversion =>
  () =>
    encoding

const asText: Conversion = (source) => ({ as: 'text', charset: charsetOf(source) })

/** varchar(n) cuts trailing blanks and refuses longer values: it must hold whatever the source can. */
const inVarchar =
  (encode: Conversion, longest: (source: SourceType) => number | null): Conversion =>
  (source, target, onZero) => {
    const room = firstNumber(target)
    const needed = longest(source)
    if (room === null || (needed !== null && needed <= room)) return encode(source, target, onZero)
    return needed === null ? 'text, or varchar without a length' : `varchar(${needed}) or longer`
  }

const texts = (encode: Conversion, longest: (source: SourceType) => number | null): Row => ({
  text: encode,
  varchar: inVarchar(encode, longest),
})

/** The scale must be the source's own, or PostgreSQL would add or round digits. */
const numeric =
  (encoding: Encoding, digits: (source: SourceType) => number, scale: (source: SourceType) => number): Conversion =>
  (source, target) => {
    if (!target.args.length) return encoding
    const [precision = 0, decimals = 0] = target.args.map(Number)
    if (decimals === scale(source) && precision >= digits(source)) return encoding
    return `numeric, or numeric(${digits(source)},${scale(source)}) or wider with the same scale`
  }

/** Fewer digits of a second would be rounded without a word. */
const withFraction =
  (encode: (onZero: ZeroDatePolicy) => Encoding): Conversion =>
  (source, target, onZero) => {
    const digits = source.precision ?? 0
    return (firstNumber(target) ?? 6) >= digits ? encode(onZero) : `${target.name}(${digits}) or more`
  }

const DIGITS: Readonly<Record<string, number>> = { tinyint: 3, smallint: 5, mediumint: 8, int: 10, bigint: 20 }
const integerDigits = (source: SourceType): number => DIGITS[source.base] ?? 20

const integers = (encoding: Encoding): Row => ({
  smallint: always(encoding),
  integer: always(encoding),
  bigint: always(encoding),
})

const timestamps = (zoneless: TargetName, zoned: TargetName): Row => ({
  [zoneless]: withFraction((onZero) => ({ as: 'timestamp', zone: false, onZero })),
  [zoned]: withFraction((onZero) => ({ as: 'timestamp', zone: true, onZero })),
  ...texts(asText, (source) => 19 + (source.precision ? source.precision + 1 : 0)),
})

const longestLabel = (source: SourceType): number =>
  Math.max(0, ...source.labels.map((label) => Array.from(label).length))

const bits = (source: SourceType): Encoding => ({ as: 'bits', width: source.length ?? 1 })

const bitInteger =
  (room: number): Conversion =>
  (source) =>
    (source.length ?? 1) <= room
      ? { as: 'bit-integer' }
      : `a type of more than ${source.length ?? 1} bits, such as numeric`

const fitsUuid = (source: SourceType): boolean => !/^(var)?char$/.test(source.base) || (source.length ?? 0) >= 32

const whole: Conversion = (source) => ((source.scale ?? 0) === 0 ? { as: 'decimal' } : 'numeric: it has decimals')

export const CONVERSIONS: Readonly<Record<SourceFamily, Row>> = {
  integer: {
    boolean: always({ as: 'boolean' }),
    ...integers({ as: 'integer' }),
    numeric: numeric({ as: 'integer' }, integerDigits, () => 0),
    ...texts(always({ as: 'integer' }), (source) => integerDigits(source) + 1),
  },
  year: {
    ...integers({ as: 'integer' }),
    numeric: numeric(
      { as: 'integer' },
      () => 4,
      () => 0,
    ),
    ...texts(always({ as: 'integer' }), () => 4),
  },
  decimal: {
    smallint: whole,
    integer: whole,
    bigint: whole,
    numeric: numeric(
      { as: 'decimal' },
      (source) => source.precision ?? 10,
      (source) => source.scale ?? 0,
    ),
    ...texts(always({ as: 'decimal' }), (source) => (source.precision ?? 10) + 3),
  },
  float: { real: always({ as: 'real' }) },
  double: { 'double precision': always({ as: 'double' }) },
  bit: {
    boolean: (source) => ((source.length ?? 1) === 1 ? { as: 'bit-boolean' } : 'a type of more than one bit'),
    smallint: bitInteger(15),
    integer: bitInteger(31),
    bigint: bitInteger(63),
    numeric: numeric(
      { as: 'bit-integer' },
      (source) => Math.ceil((source.length ?? 1) * 0.302),
      () => 0,
    ),
    bit: (source, target) =>
      (firstNumber(target) ?? 1) === (source.length ?? 1) ? bits(source) : `bit(${source.length ?? 1})`,
    varbit: (source, target) =>
      (firstNumber(target) ?? 64) >= (source.length ?? 1) ? bits(source) : `varbit(${source.length ?? 1})`,
    ...texts(bits, (source) => source.length ?? 1),
  },
  text: {
    ...texts(asText, (source) => (/^(var)?char$/.test(source.base) ? source.length : null)),
    json: asText,
    jsonb: (source) => ({ as: 'json', charset: charsetOf(source) }),
    uuid: (source) => (fitsUuid(source) ? { as: 'uuid' } : 'text of at least 32 characters'),
    inet: always({ as: 'inet' }),
  },
  bytes: {
    bytea: always({ as: 'bytes' }),
    // Bytes that somebody knows to be UTF-8; PostgreSQL refuses the row where they are not.
    text: always({ as: 'text', charset: 'utf8mb4' }),
    jsonb: always({ as: 'json', charset: 'utf8mb4' }),
    uuid: (source) => (source.length === 16 ? { as: 'uuid-bytes' } : 'exactly 16 bytes'),
  },
  date: {
    date: (_source, _target, onZero) => ({ as: 'date', onZero }),
    ...texts(asText, () => 10),
  },
  datetime: timestamps('timestamp', 'timestamptz'),
  timestamp: timestamps('timestamp', 'timestamptz'),
  time: {
    time: withFraction(() => ({ as: 'time' })),
    interval: always({ as: 'interval' }),
    ...texts(asText, (source) => 10 + (source.precision ? source.precision + 1 : 0)),
  },
  // As plain text the empty error value passes as what it is: whoever has such rows asks for this.
  enum: texts(asText, longestLabel),
  set: {
    'text[]': (source) => ({ as: 'set', labels: source.labels, charset: charsetOf(source) }),
    ...texts(asText, (source) => source.labels.join(',').length),
  },
  json: {
    jsonb: (source) => ({ as: 'json', charset: charsetOf(source) }),
    json: asText,
    ...texts(asText, () => null),
  },
  uuid: { uuid: always({ as: 'uuid' }), ...texts(always({ as: 'uuid' }), () => 36) },
  inet: { inet: always({ as: 'inet' }), ...texts(asText, () => 45) },
  vector: { 'real[]': always({ as: 'vector' }), bytea: always({ as: 'bytes' }) },
  geometry: { geometry: always({ as: 'ewkb' }), bytea: always({ as: 'wkb' }) },
}

/** Bits of a target integer, to tell where values may not fit. */
const TARGET_BITS: Partial<Record<TargetName, number>> = { boolean: 1, smallint: 16, integer: 32, bigint: 64 }

/** True where the target's type holds fewer integers than the source's: a value beyond is refused, never changed. */
export function isNarrower(source: SourceType, family: SourceFamily, target: TargetType): boolean {
  const room = TARGET_BITS[target.name]
  if (room === undefined) return false
  if (family === 'integer') return integerBits(source) + (source.unsigned ? 1 : 0) > room
  return family === 'decimal' && (source.precision ?? 10) > Math.floor((room - 1) * 0.301)
}
