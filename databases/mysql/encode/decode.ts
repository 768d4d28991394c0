import { Refused } from './refused.js'
import type { Scratch } from './scratch.js'

/** Turns stored text into UTF-8, appended to the scratch. Refuses what has no Unicode character. */
export interface Decoder {
  decode(scratch: Scratch, bytes: Buffer, from: number, to: number): void
  /** Behind the last part of a value that came in parts: refuses one that ends within a character. */
  end(): void
  /** Parts must be multiples of this many bytes. */
  readonly unit: number
  /** Bytes below 0x80 are ASCII. */
  readonly ascii: boolean
  /** At most so many bytes of UTF-8 for one stored byte. */
  readonly growth: number
}

export function refuseCharacter(): never {
  throw new Refused(
    'the text holds bytes that are no character of its charset',
    'mend the row in the source, or cast the column to bytea',
  )
}

/** 0x80 to 0x9f of cp1252, its five holes the control characters of the same number. */
const CP1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/**
 * MySQL's latin1 is cp1252 where every byte is valid. Written out: Node 20's TextDecoder('windows-1252') takes the
 * short way of ISO 8859-1 and makes U+0080 of a euro sign.
 */
export function latin1Decoder(): Decoder {
  const characters = Array.from({ length: 256 }, (_, byte) =>
    Buffer.from(byte < 0x80 || byte > 0x9f ? String.fromCharCode(byte) : (CP1252[byte - 0x80] as string)),
  )
  return singleByteDecoder(characters)
}

/** `characters[byte]` is its UTF-8, null where there is none. */
export function singleByteDecoder(characters: readonly (Buffer | null)[]): Decoder {
  const sizes = Uint8Array.from(characters, (utf8) => utf8?.length ?? 0)
  const utf8 = Buffer.alloc(256 * 4)
  for (const [byte, character] of characters.entries()) character?.copy(utf8, byte * 4)
  const growth = Math.max(...sizes)
  const ascii = characters.slice(0, 128).every((character, byte) => character?.length === 1 && character[0] === byte)
  const decode = (scratch: Scratch, bytes: Buffer, from: number, to: number): void => {
    scratch.reserve((to - from) * growth)
    const target = scratch.bytes
    let { length } = scratch
    for (let i = from; i < to; i++) {
      const at = (bytes[i] as number) * 4
      const size = sizes[at >> 2] as number
      if (size === 0) refuseCharacter()
      for (let k = 0; k < size; k++) target[length++] = utf8[at + k] as number
    }
    scratch.length = length
  }
  return { decode, end: () => {}, unit: 1, ascii, growth }
}

/** There is room for it. */
export function appendCodePoint(scratch: Scratch, point: number): void {
  const { bytes } = scratch
  let { length } = scratch
  if (point < 0x80) bytes[length++] = point
  else {
    if (point < 0x800) bytes[length++] = 0xc0 | (point >> 6)
    else {
      if (point < 0x10000) bytes[length++] = 0xe0 | (point >> 12)
      else {
        bytes[length++] = 0xf0 | (point >> 18)
        bytes[length++] = 0x80 | ((point >> 12) & 63)
      }
      bytes[length++] = 0x80 | ((point >> 6) & 63)
    }
    bytes[length++] = 0x80 | (point & 63)
  }
  scratch.length = length
}
