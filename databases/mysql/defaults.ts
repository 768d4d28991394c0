import type { SourceDefault, SourceType } from '../../core/catalog.js'
import { wholeString, withoutEscapedQuotes } from './string-literal.js'

/** How COLUMN_DEFAULT is written: MariaDB since 10.2.7 as SQL, everybody else as the value's plain text. */
export type DefaultStyle = 'sql' | 'plain'

interface DefaultFacts {
  /** COLUMN_DEFAULT, null for SQL's NULL. */
  readonly text: string | null
  /** EXTRA says DEFAULT_GENERATED: the text is an expression (MySQL 8). */
  readonly generated: boolean
  readonly style: DefaultStyle
  readonly type: SourceType
}

const MOMENTS = new Set(['datetime', 'timestamp', 'date', 'time'])
const BYTES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'])
const NOW = /^\(*\s*(?:current_timestamp|now|localtime|localtimestamp)(?:\s*\(\s*(\d?)\s*\))?\s*\)*$/i

export const isBytes = (type: SourceType): boolean => BYTES.has(type.base)

/** What a column starts with. Of binary columns the text is hexadecimal digits, of bits their digits (`101`). */
export function parseDefault({ text, generated, style, type }: DefaultFacts): SourceDefault | null {
  if (text === null || (style === 'sql' && text.toUpperCase() === 'NULL')) return null
  // A plain text `now` in a varchar is that word; a moment has no other value that reads like this.
  const now =
    MOMENTS.has(type.base) && (style === 'sql' || generated || /^current_timestamp/i.test(text)) && NOW.exec(text)
  if (now) return { is: 'now', precision: Number(now[1] || 0) }
  if (generated) return fromExpression(withoutEscapedQuotes(text), type)
  return style === 'sql' ? fromSql(text, type) : constant(text, type)
}

/** MariaDB: a quoted string, a number, bits or bytes are constants, all else is an expression. */
function fromSql(text: string, type: SourceType): SourceDefault {
  const quoted = wholeString(text)
  if (quoted !== null) return { is: 'constant', text: isBytes(type) ? hex(quoted) : quoted }
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return { is: 'constant', text }
  if (/^(?:b'[01]*'|x'[\da-f]*'|0x[\da-f]+)$/i.test(text)) return constant(text, type)
  return { is: 'expression', original: text }
}

/** MySQL 8 lets a text column have a default only as an expression: one that is a plain string is a constant to us. */
function fromExpression(text: string, type: SourceType): SourceDefault {
  const string = wholeString(text.replace(/^_utf8mb[34](?=')/, ''))
  if (string !== null && !isBytes(type)) return { is: 'constant', text: string }
  return { is: 'expression', original: text }
}

function constant(text: string, type: SourceType): SourceDefault {
  const bits = type.base === 'bit' ? /^b'([01]*)'$/i.exec(text)?.[1] : undefined
  if (bits !== undefined) return { is: 'constant', text: bits }
  const digits = /^(?:0x([\da-f]*)|x'([\da-f]*)')$/i.exec(text)
  if (digits && (isBytes(type) || type.charset === null) && type.base !== 'varchar' && type.base !== 'char') {
    const bytes = (digits[1] ?? digits[2] ?? '').toUpperCase()
    // An enum or set of the binary character set prints its label so.
    return { is: 'constant', text: isBytes(type) ? bytes : Buffer.from(bytes, 'hex').toString('utf8') }
  }
  return { is: 'constant', text: isBytes(type) ? hex(text) : text }
}

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex').toUpperCase()
