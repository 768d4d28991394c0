import { withoutFractionZeros } from './date.js'
import type { Output } from './output.js'
import { Refused, shown } from './refused.js'

const MINUS = 0x2d
const ZERO = 0x30

/** Between 00:00:00 and 24:00:00, without the zeros that end a fraction. */
export function encodeTime(out: Output, bytes: Buffer, from: number, to: number): void {
  const end = withoutFractionZeros(bytes, from, to)
  const hours = ((bytes[from] as number) - ZERO) * 10 + (bytes[from + 1] as number) - ZERO
  const day =
    bytes[from] !== MINUS &&
    bytes[from + 2] === 0x3a &&
    (hours < 24 || (hours === 24 && isZeroTime(bytes, from + 2, end)))
  if (!day) {
    throw new Refused(
      `${shown(bytes, from, to)} is not a time of day`,
      'cast the column to interval, or apply again: that all values were within a day was decided when this version was applied',
    )
  }
  out.bytesAsTheyAre(bytes, from, end)
}

/** PostgreSQL prints hours beyond a day as MySQL does: `838:59:59`, `-01:00:00`. */
export function encodeInterval(out: Output, bytes: Buffer, from: number, to: number): void {
  const end = withoutFractionZeros(bytes, from, to)
  const start = bytes[from] === MINUS && isZeroTime(bytes, from + 1, end) ? from + 1 : from
  out.bytesAsTheyAre(bytes, start, end)
}

function isZeroTime(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] as number) > ZERO && (bytes[i] as number) <= 0x39) return false
  return true
}
