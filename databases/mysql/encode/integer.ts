import type { Output } from './output.js'
import { Refused, shown } from './refused.js'

const ZERO = 0x30
const POINT = 0x2e
const MINUS = 0x2d

/** Digits; the leading zeros of ZEROFILL and of the year 0000 go. */
export function encodeInteger(out: Output, bytes: Buffer, from: number, to: number): void {
  let start = from
  while (start < to - 1 && bytes[start] === ZERO) start++
  out.bytesAsTheyAre(bytes, start, to)
}

/** Exact decimal text with the column's own scale; no zeros in front, no sign before a zero. */
export function encodeDecimal(out: Output, bytes: Buffer, from: number, to: number): void {
  const negative = bytes[from] === MINUS
  let start = negative ? from + 1 : from
  while (start < to - 1 && bytes[start] === ZERO && bytes[start + 1] !== POINT) start++
  if (negative && !isZero(bytes, start, to)) out.ascii('-')
  out.bytesAsTheyAre(bytes, start, to)
}

function isZero(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] !== ZERO && bytes[i] !== POINT) return false
  return true
}

/** 0 and 1 only. */
export function encodeBoolean(out: Output, bytes: Buffer, from: number, to: number): void {
  let start = from
  while (start < to - 1 && bytes[start] === ZERO) start++
  const digit = (bytes[start] as number) - ZERO
  if (to - start !== 1 || (digit !== 0 && digit !== 1)) {
    throw new Refused(
      `${shown(bytes, from, to)} is neither 0 nor 1`,
      'cast the column to smallint, or apply again: what its values are was decided when this version was applied',
    )
  }
  out.ascii(digit === 1 ? 't' : 'f')
}
