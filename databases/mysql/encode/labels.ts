import type { Output } from './output.js'
import { Refused } from './refused.js'
import { encodeText } from './text.js'

/** A label as it is; the empty text that MySQL stores for an invalid value is refused unless it is a label. */
export function enumEncoder(labels: readonly string[]) {
  const emptyIsLabel = labels.includes('')
  return (out: Output, bytes: Buffer, from: number, to: number): void => {
    if (from === to && !emptyIsLabel) {
      throw new Refused(
        'the empty error value, which MySQL stores where a value was invalid',
        'mend the row in the source, or cast the column to text',
      )
    }
    encodeText(out, bytes, from, to)
  }
}

const REMEMBERED = 4096
/** What array_out quotes: nothing, NULL, and these characters. */
const NEEDS_QUOTES = /^$|^null$|["\\{}, \t\n\r\v\f]/i

/** `a,b` becomes an array literal. Labels have no commas. */
export function setEncoder(labels: readonly string[]) {
  const emptyIsLabel = labels.includes('')
  const known = new Map<string, Buffer>()
  return (out: Output, bytes: Buffer, from: number, to: number): void => {
    if (from === to && emptyIsLabel) {
      throw new Refused(
        'an empty set and a set of the empty label look the same',
        'rename the empty label in the source, or cast the column to text',
      )
    }
    const value = bytes.toString('utf8', from, to)
    let literal = known.get(value)
    if (literal === undefined) {
      literal = Buffer.from(arrayLiteral(value === '' ? [] : value.split(',')))
      if (known.size < REMEMBERED) known.set(value, literal)
    }
    encodeText(out, literal, 0, literal.length)
  }
}

function arrayLiteral(elements: readonly string[]): string {
  const quoted = elements.map((e) => (NEEDS_QUOTES.test(e) ? `"${e.replace(/["\\]/g, '\\$&')}"` : e))
  return `{${quoted.join(',')}}`
}
