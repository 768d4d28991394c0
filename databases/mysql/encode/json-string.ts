import { Refused } from './refused.js'
import type { Scratch } from './scratch.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What JSON's short escapes stand for. */
const UNESCAPED: Readonly<Record<number, number>> = Object.fromEntries(
  ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'].map((pair) => [...Buffer.from(pair)]),
)
/** What jsonb writes for a byte below 0x20, a quote or a backslash. */
const ESCAPED: (string | undefined)[] = []
for (let byte = 0; byte < 0x20; byte++) ESCAPED[byte] = `\\u${byte.toString(16).padStart(4, '0')}`
for (const [letter, byte] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13, '"': QUOTE, '\\': BACKSLASH })) {
  ESCAPED[byte] = `\\${letter}`
}

/**
 * Copies a string's content from behind its opening quote, spelled as jsonb spells it.
 * Returns where it goes on behind the closing quote, -1 if the string is not well formed.
 */
export function copyString(scratch: Scratch, bytes: Buffer, from: number, to: number): number {
  let at = from
  for (;;) {
    const start = at
    while (at < to && isPlain(bytes[at] as number)) at++
    if (at > start) scratch.copy(bytes, start, at)
    if (at >= to) return -1
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte !== BACKSLASH) return -1
    at = copyEscape(scratch, bytes, at + 1, to)
    if (at < 0) return -1
  }
}

const isPlain = (byte: number): boolean => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH

/** `at` is behind the backslash. */
function copyEscape(scratch: Scratch, bytes: Buffer, at: number, to: number): number {
  const letter = bytes[at] ?? 0
  if (letter !== 0x75) {
    const byte = UNESCAPED[letter]
    if (byte === undefined || at >= to) return -1
    writeByte(scratch, byte)
    return at + 1
  }
  const unit = hexUnit(bytes, at + 1, to)
  if (unit < 0) return -1
  if (unit === 0) {
    throw new Refused(
      'the JSON holds \\u0000, which jsonb cannot store',
      'mend the row in the source, or cast the column to text',
    )
  }
  if (unit < 0xd800 || unit > 0xdfff) {
    writeCodePoint(scratch, unit)
    return at + 5
  }
  const isPair = unit < 0xdc00 && bytes[at + 5] === BACKSLASH && bytes[at + 6] === 0x75
  const low = isPair ? hexUnit(bytes, at + 7, to) : -1
  if (low < 0xdc00 || low > 0xdfff) return -1
  writeCodePoint(scratch, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
  return at + 11
}

function hexUnit(bytes: Buffer, at: number, to: number): number {
  if (at + 4 > to) return -1
  const digits = bytes.toString('latin1', at, at + 4)
  return /^[\da-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1
}

function writeCodePoint(scratch: Scratch, point: number): void {
  if (point < 0x80) return writeByte(scratch, point)
  const utf8 = Buffer.from(String.fromCodePoint(point))
  scratch.copy(utf8, 0, utf8.length)
}

function writeByte(scratch: Scratch, byte: number): void {
  const escaped = ESCAPED[byte]
  if (escaped === undefined) scratch.byte(byte)
  else scratch.ascii(escaped)
}
