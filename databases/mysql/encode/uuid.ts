import type { Output } from './output.js'
import { Refused, shown } from './refused.js'

const TEXT = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const DIGITS = /^[\da-f]{32}$/

/** MariaDB's uuid, its text in a char(36) or char(32), or its sixteen bytes. */
export function encodeUuid(out: Output, bytes: Buffer, from: number, to: number): void {
  const text = to - from === 16 ? bytes.toString('hex', from, to) : bytes.toString('latin1', from, to).toLowerCase()
  if (TEXT.test(text)) return out.ascii(text)
  if (!DIGITS.test(text)) {
    throw new Refused(
      `${shown(bytes, from, to)} is not a UUID`,
      'mend the row in the source, or cast the column to text',
    )
  }
  out.ascii([text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-'))
}
