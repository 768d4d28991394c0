import type { Output } from './output.js'
import { Refused, shown } from './refused.js'

const TEXT = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/
const DIGITS = /^[\da-f]{32}$/

/** MariaDB's uuid, or its text in a char(36) or char(32). */
export function encodeUuid(out: Output, bytes: Buffer, from: number, to: number): void {
  const text = bytes.toString('latin1', from, to).toLowerCase()
  if (TEXT.test(text)) return out.ascii(text)
  if (!DIGITS.test(text)) refuse(bytes, from, to)
  out.ascii(hyphenated(text))
}

/** The sixteen bytes of a binary(16), in the order in which they are written. */
export function encodeUuidBytes(out: Output, bytes: Buffer, from: number, to: number): void {
  if (to - from !== 16) refuse(bytes, from, to)
  out.ascii(hyphenated(bytes.toString('hex', from, to)))
}

const hyphenated = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')

function refuse(bytes: Buffer, from: number, to: number): never {
  throw new Refused(`${shown(bytes, from, to)} is not a UUID`, 'mend the row in the source, or cast the column to text')
}
