import type { Cast, Encoding } from '../cast.js'
import type { SourceColumn } from '../catalog.js'
import { quoteText, textArray } from '../sql-text.js'
import { familyOf } from './family.js'
import { canonicalMoment } from './zero-date.js'

/** A default in the target's SQL; or why it is not carried, with its original text. */
export type CarriedDefault =
  | { readonly carried: true; readonly sql: string | null }
  | { readonly carried: false; readonly reason: string; readonly original: string }

const NONE: CarriedDefault = { carried: true, sql: null }

/** Converts a column's default to SQL of its cast's type. A counter's default is its identity, a generated column has none. */
export function convertDefault(column: SourceColumn, cast: Cast): CarriedDefault {
  const value = column.default
  if (!value || column.autoIncrement || column.generated) return NONE
  switch (value.is) {
    case 'expression':
      return { carried: false, reason: 'expressions of the source are not translated yet', original: value.original }
    case 'now':
      return now(column, cast, value.precision)
    case 'constant': {
      const sql = constant(value.text, column, cast)
      if (sql !== null) return { carried: true, sql }
      return { carried: false, reason: whyNot(value.text, cast), original: value.text }
    }
  }
}

/**
 * A datetime's NOW() is the wall clock of the session's zone, and so is LOCALTIMESTAMP. A source `timestamp` is an
 * instant: as timestamptz it is CURRENT_TIMESTAMP; made a zoneless timestamp by a rule its values are read in UTC, so
 * its default is UTC as well, whatever the session's zone.
 */
function now(column: SourceColumn, cast: Cast, precision: number): CarriedDefault {
  const { encoding } = cast
  const carried = (sql: string): CarriedDefault => ({ carried: true, sql })
  if (encoding.as === 'timestamp') {
    if (encoding.zone) return carried(`CURRENT_TIMESTAMP(${precision})`)
    if (familyOf(column.type) === 'datetime') return carried(`LOCALTIMESTAMP(${precision})`)
    return carried(`(CURRENT_TIMESTAMP(${precision}) AT TIME ZONE 'UTC')`)
  }
  if (encoding.as === 'date') return carried('CURRENT_DATE')
  if (encoding.as === 'time') return carried(`LOCALTIME(${precision})`)
  const reason = `the moment of an insert is no default of a ${cast.to} column`
  return { carried: false, reason, original: `current_timestamp(${precision})` }
}

const whyNot = (text: string, cast: Cast): string => {
  const dated = cast.encoding.as === 'date' || cast.encoding.as === 'timestamp'
  if (dated && /^[\d :.-]+$/.test(text)) return 'PostgreSQL has no such date'
  return `it is no value of ${cast.to} that can be written down`
}

const NUMBER = /^([+-]?)(?:0+(?=\d))?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

function constant(text: string, column: SourceColumn, cast: Cast): string | null {
  const { encoding } = cast
  switch (encoding.as) {
    case 'integer':
    case 'decimal':
    case 'real':
    case 'double':
      return number(text, cast.to)
    case 'boolean':
      return /^[01]$/.test(text) ? String(text === '1') : null
    case 'bit-boolean':
    case 'bits':
    case 'bit-integer':
      return fromBits(text, encoding, cast.to)
    case 'text':
      return text.includes('\0') ? null : quoteText(text)
    case 'bytes':
      return bytes(text, column)
    case 'date':
    case 'timestamp':
      return moment(text, encoding)
    case 'time':
    case 'interval':
      return /^-?\d{1,3}:\d\d:\d\d(\.\d{1,6})?$/.test(text) ? quoteText(text) : null
    case 'enum':
      return encoding.labels.includes(text) ? quoteText(text) : null
    case 'set':
      return set(text, encoding.labels)
    case 'json':
      return isJson(text) ? quoteText(text) : null
    case 'uuid':
    case 'uuid-bytes':
      return /^[\da-f-]{32,36}$/i.test(text) ? quoteText(text.toLowerCase()) : null
    case 'inet':
      return /^[\da-f:.]+$/i.test(text) ? quoteText(text) : null
    case 'wkb':
    case 'ewkb':
    case 'vector':
      return null
  }
}

const isTexty = (to: string): boolean => /^(text$|varchar)/.test(to)

function number(text: string, to: string): string | null {
  const match = NUMBER.exec(text)
  if (!match) return null
  const spelled = `${match[1] === '-' ? '-' : ''}${match[2]}${match[3] ?? ''}`
  return isTexty(to) ? quoteText(spelled) : spelled
}

/** The source prints b'101'; plain bits and 0x05 are read as well. */
function fromBits(text: string, encoding: Encoding, to: string): string | null {
  const bits = /^b'([01]+)'$/i.exec(text)?.[1] ?? (/^[01]+$/.test(text) ? text : null)
  const hex = /^0x([\da-f]+)$/i.exec(text)?.[1]
  const value = bits !== null ? BigInt(`0b${bits}`) : hex ? BigInt(`0x${hex}`) : null
  if (value === null) return null
  if (encoding.as === 'bit-boolean') return value > 1n ? null : String(value === 1n)
  if (encoding.as === 'bit-integer') return String(value)
  const width = encoding.as === 'bits' ? encoding.width : 64
  const padded = value.toString(2).padStart(width, '0')
  if (padded.length > width) return null
  return isTexty(to) ? quoteText(padded) : `B'${padded}'`
}

/** binary(n) fills a shorter value with zeros; the default is kept unfilled by the source. */
function bytes(hex: string, column: SourceColumn): string | null {
  if (!/^([\da-f]{2})*$/i.test(hex)) return null
  const width = column.type.base === 'binary' ? (column.type.length ?? 0) * 2 : 0
  // Through decode(): no backslash, so it means the same under every standard_conforming_strings.
  return `decode('${hex.toLowerCase().padEnd(width, '0')}', 'hex')`
}

function moment(text: string, encoding: Encoding): string | null {
  const as =
    encoding.as === 'date' ? 'date' : encoding.as === 'timestamp' && encoding.zone ? 'timestamptz' : 'timestamp'
  const value = /infinity/.test(text) ? null : canonicalMoment(text, as)
  return value === null ? null : quoteText(value)
}

function set(text: string, labels: readonly string[]): string | null {
  const chosen = text === '' ? [] : text.split(',')
  return chosen.every((label) => labels.includes(label)) ? textArray(chosen) : null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // Not JSON: the caller says so, with the original text.
    return false
  }
}
