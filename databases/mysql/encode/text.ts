import type { Output } from './output.js'
import { Refused } from './refused.js'

/** What COPY writes behind a backslash, by byte; 0 for bytes that stand for themselves, 1 for NUL, which no text may hold. */
export const ESCAPES = new Uint8Array(256)
for (const [byte, letter] of ['\bb', '\tt', '\nn', '\vv', '\ff', '\rr', '\\\\'].map((pair) => [...Buffer.from(pair)])) {
  ESCAPES[byte as number] = letter as number
}
ESCAPES[0] = 1

const BACKSLASH = 0x5c
/** Long values are written in pieces, so that no block is larger than others. */
const PIECE = 32 * 1024

/** UTF-8 as it is, with COPY's escapes. A value may come in parts. */
export function encodeText(out: Output, bytes: Buffer, from: number, to: number): void {
  for (let start = from; start < to; start += PIECE) escapePiece(out, bytes, start, Math.min(start + PIECE, to))
}

function escapePiece(out: Output, bytes: Buffer, from: number, to: number): void {
  out.reserve(2 * (to - from) + 4)
  const { block } = out
  let { used } = out
  for (let i = from; i < to; i++) {
    // Runs without anything to escape are found and copied by native code.
    const clean = cleanRun(bytes, i, to)
    if (clean > 0) {
      if (clean > 64) block.set(bytes.subarray(i, i + clean), used)
      else for (let k = 0; k < clean; k++) block[used + k] = bytes[i + k] as number
      used += clean
      i += clean
      if (i >= to) break
    }
    const letter = ESCAPES[bytes[i] as number] as number
    if (letter === 1) refuseNul()
    block[used++] = BACKSLASH
    block[used++] = letter
  }
  out.used = used
}

function cleanRun(bytes: Buffer, from: number, to: number): number {
  let i = from
  while (i < to && ESCAPES[bytes[i] as number] === 0) i++
  return i - from
}

export function refuseNul(): never {
  throw new Refused(
    'the text holds a NUL byte, which PostgreSQL cannot store',
    'remove the NUL byte in the source, or cast the column to bytea',
  )
}
