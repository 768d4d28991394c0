import type { Output } from './output.js'

/** Two hexadecimal digits of each byte, as one 16-bit number in the order of memory. */
export const HEX = new Uint16Array(256)
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
  const { view } = out
  let { used } = out
  for (let i = from; i < to; i++) {
    view.setUint16(used, HEX[bytes[i] as number] as number, true)
    used += 2
  }
  out.used = used
}
