import type { Cast, ZeroDatePolicy } from '../../core/cast.js'
import type { PlannedColumn } from '../../core/plan/types.js'
import { literal } from './query.js'
import { quoteName } from './range.js'

/**
 * How the witness says a value in SQL: exactly, and as PostgreSQL can say it too. Must use nothing of `encode/` nor of
 * `select.ts`: it is here to find their mistakes. Where a session's setting decides how a value prints, the value
 * is said as a number instead, so that a session that was pinned wrongly does not fool it.
 */
export function witnessItems({ source, cast, notNull }: PlannedColumn): string[] {
  const column = quoteName(source)
  const [first, ...more] = itemsOf(column, cast)
  return [notNull && !mayBecomeNull(cast) ? first : `IFNULL(${first}, '~')`, ...more]
}

/** Longer values (labels are never long) are hashed for themselves: no row's text comes near max_allowed_packet. */
const LONG = 1024

/** The first item is NULL where the value is; the others are then too, and CONCAT_WS leaves them out. */
function itemsOf(c: string, cast: Cast): [string, ...string[]] {
  const { encoding } = cast
  switch (encoding.as) {
    case 'integer':
    case 'decimal':
    case 'boolean':
      return [padded(cast) ? `${c} + 0` : c]
    case 'bit-boolean':
    case 'bit-integer':
      return [`${c} + 0`]
    case 'bits':
      return [`LPAD(BIN(${c} + 0), ${encoding.width}, '0')`]
    // The only way to a float's bits: a point's coordinates are eight bytes, the lowest first.
    case 'real':
    case 'double':
      return [`LOWER(HEX(REVERSE(SUBSTRING(POINT(${c}, 0), 10, 8))))`]
    case 'text':
      return textItems(utf8(c, cast), longest(cast) * 4)
    case 'enum':
      return textItems(utf8(c, cast), 0)
    case 'set':
      return [`BIT_COUNT(${c} + 0)`, ...textItems(utf8(c, cast), Infinity)]
    case 'bytes':
      return bytesItems(c, longest(cast))
    case 'wkb':
      // MySQL turns the axes of geographic systems around unless told not to; MariaDB skips such a comment.
      return bytesItems(`ST_AsBinary(${c} /*!80000 , 'axis-order=long-lat' */)`, Infinity)
    case 'vector':
      return [`LOWER(HEX(${c}))`]
    case 'date':
      return [onCalendar(c, encoding.onZero, (day) => `TO_DAYS(${day}) - ${DAYS_TO_1970}`)]
    case 'timestamp':
      return [onCalendar(c, encoding.onZero, (moment) => secondsSince1970(moment, baseOf(cast)))]
    case 'time':
    case 'interval':
      return [seconds(c)]
    case 'uuid':
      return [`LOWER(REPLACE(${utf8(c, cast)}, '-', ''))`]
    case 'uuid-bytes':
      return [`LOWER(HEX(${c}))`]
    case 'inet':
      return [inet(`INET6_ATON(${utf8(c, cast)})`)]
    case 'json':
    case 'ewkb':
      throw new RangeError(`${encoding.as} is not witnessed`)
  }
}

const baseOf = ({ from }: Cast): string => /^[a-z][a-z0-9]*/i.exec(from)?.[0].toLowerCase() ?? ''

/** Years and ZEROFILL print with zeros in front. */
const padded = (cast: Cast): boolean => baseOf(cast) === 'year' || /\bzerofill\b/i.test(cast.from)

/** Characters or bytes that a value may have at most. */
function longest({ from }: Cast): number {
  const [, base = '', length = ''] = /^(char|varchar|binary|varbinary)\((\d+)\)/i.exec(from) ?? []
  return base === '' ? Infinity : Number(length)
}

const TEXT = /^((var)?char|(tiny|medium|long)?text|(var)?binary|(tiny|medium|long)?blob|enum|set)$/

/** Text in any charset, and bytes that are said to be UTF-8; of other types what the server prints. */
function utf8(c: string, cast: Cast): string {
  if (!TEXT.test(baseOf(cast))) return `CAST(${c} AS CHAR)`
  const isUtf8 = 'charset' in cast.encoding && cast.encoding.charset === 'utf8mb4' && !/binary|blob/.test(baseOf(cast))
  return isUtf8 ? c : `CONVERT(${c} USING utf8mb4)`
}

/** Its length in bytes goes before it, so that neighbours cannot run together. */
function textItems(text: string, atMost: number): [string, string] {
  return [`LENGTH(${text})`, atMost <= LONG ? text : `IF(LENGTH(${text}) > ${LONG}, SHA2(${text}, 256), ${text})`]
}

function bytesItems(bytes: string, atMost: number): [string, string] {
  const hex = `LOWER(HEX(${bytes}))`
  return [`LENGTH(${bytes})`, atMost <= LONG ? hex : `IF(LENGTH(${bytes}) > ${LONG}, SHA2(${bytes}, 256), ${hex})`]
}

const DAYS_TO_1970 = 719528

/** Microseconds as six decimals. A TIMESTAMP is asked for its own number: no time zone comes in between. */
const secondsSince1970 = (moment: string, base: string): string =>
  base === 'timestamp'
    ? `UNIX_TIMESTAMP(${moment}) + 0.000000`
    : `TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1970-01-01 00:00:00', ${moment}) * 0.000001`

const seconds = (c: string): string =>
  `IF(${c} < TIME'00:00:00', -1, 1) * (HOUR(${c}) * 3600 + MINUTE(${c}) * 60 + SECOND(${c}) + MICROSECOND(${c}) * 0.000001)`

/** As PostgreSQL sends it in binary: family, bits of the mask, whether it is a network, bytes. */
const inet = (bytes: string): string => `CONCAT(IF(LENGTH(${bytes}) = 4, '02200004', '03800010'), LOWER(HEX(${bytes})))`

const mayBecomeNull = ({ encoding }: Cast): boolean => 'onZero' in encoding && encoding.onZero.do === 'null'

/** What a date that no calendar has becomes; where such a row is refused there is nothing to say. */
function onCalendar(c: string, onZero: ZeroDatePolicy, say: (moment: string) => string): string {
  if (onZero.do === 'refuse') return say(c)
  const text = `CAST(${c} AS CHAR)`
  const real = `${c} >= '0001-01-01' AND CAST(FROM_DAYS(TO_DAYS(${c})) AS CHAR) = LEFT(${text}, 10)`
  return `CASE WHEN ${c} IS NULL THEN NULL WHEN ${real} THEN ${say(c)} ELSE ${instead(onZero, say)} END`
}

function instead(onZero: ZeroDatePolicy, say: (moment: string) => string): string {
  if (onZero.do !== 'literal') return 'NULL'
  if (onZero.value.endsWith('infinity')) return literal(onZero.value)
  const value = literal(onZero.value.replace(/\+00$/, ''))
  return onZero.value.length > 10 ? secondsSince1970(`CAST(${value} AS DATETIME(6))`, 'datetime') : say(value)
}
