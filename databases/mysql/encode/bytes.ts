import type { Output } from './output.js'

/** Two hexadecimal digits of each byte, as one 16-bit number in the order of memory. */
const HEX = new Uint16Array(256)
for (let i = 0; i < 256; i++) {
  const digits = Buffer.from(i.toString(16).padStart(2, '0'))
  HEX[i] = (digits[0] as number) | ((digits[1] as number) << 8)
}

const PIECE = 32 * 1024
/** From here on two native calls are faster than the loop. */
const NATIVE = 256

export function encodeBytes(out: Output, bytes: Buffer, from: number, to: number): void {
  beginBytes(out)
  encodeHex(out, bytes, from, to)
}

/** `\x`, its backslash escaped for COPY. */
export const beginBytes = (out: Output): void => out.ascii('\\\\x')

/** A value may come in parts. */
export function encodeHex(out: Output, bytes: Buffer, from: number, to: number): void {
  for (let start = from; start < to; start += PIECE) hexPiece(out, bytes, start, Math.min(start + PIECE, to))
}

function hexPiece(out: Output, bytes: Buffer, from: number, to: number): void {
  out.reserve(2 * (to - from))
  if (to - from > NATIVE) {
    out.used += out.block.write(bytes.toString('hex', from, to), out.used, 'latin1')
    return
  }
  out.used = hexInto(out.view, out.used, bytes, from, to)
}

/** Writes two digits for each of the bytes [from, to) at `used`, where there is room. Returns where it ended. */
export function hexInto(target: DataView, used: number, bytes: Buffer, from: number, to: number): number {
  let at = used
  for (let i = from; i < to; i++) {
    target.setUint16(at, HEX[bytes[i] as number] as number, true)
    at += 2
  }
  return at
}
