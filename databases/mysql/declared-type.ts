import type { SourceType } from '../../core/catalog.js'
import { readString } from './string-literal.js'

/** What information_schema says about a column's type, beside its text. */
interface TypeFacts {
  readonly charset: string | null
  readonly collation: string | null
  readonly srid: number | null
  readonly jsonAlias: boolean
}

const PLAIN: TypeFacts = { charset: null, collation: null, srid: null, jsonAlias: false }

/** Whose number in parentheses is digits before and after the point. */
const WITH_SCALE = new Set(['decimal', 'float', 'double'])

/** Whose number in parentheses is digits of a second. */
const WITH_FRACTION = new Set(['datetime', 'timestamp', 'time'])

/**
 * Reads COLUMN_TYPE: `int(10) unsigned zerofill`, `enum('a','it''s')`, `decimal(10,2)`, `datetime(6)`, `vector(3)`.
 * MariaDB's comments (`text /*M!100301 COMPRESSED*\/`) are no part of the type.
 */
export function parseDeclaredType(text: string, facts: TypeFacts = PLAIN): SourceType {
  const base = /^[a-z][a-z0-9]*/i.exec(text)?.[0].toLowerCase() ?? text.toLowerCase()
  const isList = base === 'enum' || base === 'set'
  const list = isList ? readLabels(text, base.length) : { labels: [], end: 0 }
  const rest = isList ? text.slice(list.end) : text
  const declared = isList ? text.slice(0, list.end) + withoutComments(rest) : withoutComments(text)
  const numbers = isList ? [] : (/\(([\d, ]+)\)/.exec(declared)?.[1] ?? '').split(',').filter(Boolean).map(Number)
  const [first = null, second = null] = numbers
  const zerofill = !isList && /\bzerofill\b/i.test(declared)
  const exact = WITH_SCALE.has(base)
  return {
    base,
    declared: declared.trim(),
    unsigned: zerofill || (!isList && /\bunsigned\b/i.test(declared)),
    zerofill,
    length: exact || WITH_FRACTION.has(base) ? null : base === 'bit' ? (first ?? 1) : first,
    precision: exact ? first : WITH_FRACTION.has(base) ? (first ?? 0) : null,
    scale: exact ? second : null,
    labels: list.labels,
    ...facts,
  }
}

const withoutComments = (text: string): string => text.replace(/\s*\/\*.*?\*\//gs, '')

function readLabels(text: string, at: number): { labels: string[]; end: number } {
  const labels: string[] = []
  let i = text.indexOf('(', at) + 1
  for (let read = readString(text, i); read; read = readString(text, i)) {
    labels.push(read.value)
    i = read.end
    if (text[i] !== ',') break
    i++
  }
  return { labels, end: text[i] === ')' ? i + 1 : i }
}
