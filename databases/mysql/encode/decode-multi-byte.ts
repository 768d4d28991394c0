import { appendCodePoint, type Decoder, refuseCharacter } from './decode.js'
import type { Scratch } from './scratch.js'

/** UTF-8 of each code, by its last two bytes as a number; null or missing where there is no character. */
export interface CharsetTable {
  /** 256 of them. */
  readonly singles: readonly (Buffer | null)[]
  readonly pairs: readonly (Buffer | null)[]
  /** Of codes that begin with 0x8f. */
  readonly triples: readonly (Buffer | null)[]
}

const THIRD_PLANE = 0x8f
/** At most: a katakana of one byte. */
const GROWTH = 3

/** Byte by byte with the lead bytes as state, so a value may come in parts of any size. */
export function multiByteDecoder(table: CharsetTable): Decoder {
  const singles = codePoints(table.singles, 256)
  const pairs = codePoints(table.pairs, 65536)
  const triples = codePoints(table.triples, 65536)
  const leads = new Uint8Array(256)
  for (const [code, point] of pairs.entries()) if (point >= 0) leads[code >> 8] = 1
  if (table.triples.length > 0) leads[THIRD_PLANE] = 1
  const isTriple = table.triples.length > 0
  /** The bytes of the character so far, as a number; 0 between characters. */
  let code = 0
  const decode = (scratch: Scratch, bytes: Buffer, from: number, to: number): void => {
    scratch.reserve((to - from + 2) * GROWTH)
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number
      if (code === 0 && leads[byte] === 1) code = byte
      else if (code === THIRD_PLANE && isTriple) code = (code << 8) | byte
      else {
        const point = code === 0 ? singles[byte] : (code > 255 ? triples : pairs)[((code & 255) << 8) | byte]
        code = 0
        if (point === undefined || point < 0) refuseCharacter()
        appendCodePoint(scratch, point)
      }
    }
  }
  const end = (): void => {
    const dangling = code !== 0
    code = 0
    if (dangling) refuseCharacter()
  }
  const ascii = singles.subarray(0, 128).every((point, byte) => point === byte)
  return { decode, end, unit: 1, ascii, growth: GROWTH }
}

/** -1 where there is no character. */
function codePoints(utf8: readonly (Buffer | null)[], size: number): Int32Array {
  const points = new Int32Array(size).fill(-1)
  for (const [code, bytes] of utf8.entries()) if (bytes) points[code] = bytes.toString('utf8').codePointAt(0) as number
  return points
}
