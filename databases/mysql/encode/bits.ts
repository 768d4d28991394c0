import type { Output } from './output.js'
import { Refused } from './refused.js'

/** BIT comes as its bytes, most significant first, zero bits in front. */
export function bitsEncoder(width: number) {
  return (out: Output, bytes: Buffer, from: number, to: number): void => {
    out.reserve(width)
    for (let bit = width - 1; bit >= 0; bit--) {
      const byte = bytes[to - 1 - (bit >> 3)] ?? 0
      out.block[out.used++] = to - 1 - (bit >> 3) >= from && (byte >> (bit & 7)) & 1 ? 0x31 : 0x30
    }
  }
}

export function encodeBitBoolean(out: Output, bytes: Buffer, from: number, to: number): void {
  const value = toBigInt(bytes, from, to)
  if (value > 1n) {
    throw new Refused('the bits are neither 0 nor 1', 'cast the column to bit(n) or to an integer type')
  }
  out.ascii(value === 1n ? 't' : 'f')
}

export function encodeBitInteger(out: Output, bytes: Buffer, from: number, to: number): void {
  out.ascii(toBigInt(bytes, from, to).toString())
}

function toBigInt(bytes: Buffer, from: number, to: number): bigint {
  let value = 0n
  for (let i = from; i < to; i++) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}
