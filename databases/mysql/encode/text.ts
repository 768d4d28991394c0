import type { Output } from './output.js'
import { Refused } from './refused.js'

/** What COPY writes behind a backslash, by byte; 0 for bytes that stand for themselves, 1 for NUL, which no text may hold. */
const ESCAPES = new Uint8Array(256)
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

function escapePiece(out: Output, bytes: Buffer, view: DataView, from: number, to: number): void {
  // A word may be written past the end.
  out.reserve(2 * (to - from) + 4)
  out.used = escapeInto(out.block, out.view, out.used, bytes, view, from, to)
}

/**
 * Writes bytes [from, to) with COPY's escapes at `used`, where there is room for twice as many and four more. Returns
 * where it ended. `view` is over `bytes`, `target` over `block`.
 */
export function escapeInto(
  block: Buffer,
  target: DataView,
  used: number,
  bytes: Buffer,
  view: DataView,
  from: number,
  to: number,
): number {
  /** The last place from which four bytes can be read. */
  const safe = bytes.length - 4
  let i = from
  while (i < to) {
    // Four bytes at a time until one needs care. The last one to three are masked and the rest of the word filled with
    // spaces, so that what is read and written behind the value does not matter.
    while (i <= safe) {
      let word = view.getInt32(i, true)
      const left = to - i
      if (left < 4) word = (word & ((1 << (left << 3)) - 1)) | (0x20202020 << (left << 3))
      const slash = word ^ 0x5c5c5c5c
      // Any byte below 0x20, or a backslash.
      if ((((word - 0x20202020) & ~word) | ((slash - 0x01010101) & ~slash)) & 0x80808080) break
      target.setInt32(used, word, true)
      if (left <= 4) return used + left
      used += 4
      i += 4
    }
    for (const pause = i + 4 < to ? i + 4 : to; i < pause; i++) {
      const byte = bytes[i] as number
      const letter = ESCAPES[byte] as number
      if (letter === 0) block[used++] = byte
      else {
        if (letter === 1) refuseNul()
        block[used] = BACKSLASH
        block[used + 1] = letter
        used += 2
      }
    }
  }
  return used
}

function refuseNul(): never {
  throw new Refused(
    'the text holds a NUL byte, which PostgreSQL cannot store',
    'remove the NUL byte in the source, or cast the column to bytea',
  )
}
