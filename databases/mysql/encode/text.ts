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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let start = from; start < to; start += PIECE) escapePiece(out, bytes, view, start, Math.min(start + PIECE, to))
}

/** As the row loop does it (row.ts), which has this written out. */
function escapePiece(out: Output, bytes: Buffer, view: DataView, from: number, to: number): void {
  out.reserve(2 * (to - from))
  const { block, view: target } = out
  let { used } = out
  let i = from
  while (i < to) {
    while (i + 4 <= to) {
      const word = view.getInt32(i, true)
      const slash = word ^ 0x5c5c5c5c
      if ((((word - 0x20202020) & ~word) | ((slash - 0x01010101) & ~slash)) & 0x80808080) break
      target.setInt32(used, word, true)
      i += 4
      used += 4
    }
    for (const pause = Math.min(i + 4, to); i < pause; i++) {
      const byte = bytes[i] as number
      const letter = ESCAPES[byte] as number
      if (letter === 1) refuseNul()
      if (letter !== 0) block[used++] = BACKSLASH
      block[used++] = letter === 0 ? byte : letter
    }
  }
  out.used = used
}

export function refuseNul(): never {
  throw new Refused(
    'the text holds a NUL byte, which PostgreSQL cannot store',
    'remove the NUL byte in the source, or cast the column to bytea',
  )
}
