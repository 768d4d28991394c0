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

/** MySQL's latin1 is cp1252, its five holes the control characters of the same number: every byte is valid. */
export function latin1Decoder(): Decoder {
  const text = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))
  return singleByteDecoder([...text].map((character) => Buffer.from(character)))
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

/** ucs2 (which has no surrogates), utf16, utf16le and utf32. */
export function unicodeDecoder(charset: string): Decoder {
  if (charset === 'utf32') return utf32Decoder()
  const read = charset === 'utf16le' ? Buffer.prototype.readUInt16LE : Buffer.prototype.readUInt16BE
  let high = 0
  const decode = (scratch: Scratch, bytes: Buffer, from: number, to: number): void => {
    if ((to - from) % 2 !== 0) refuseCharacter()
    scratch.reserve((to - from) * 2)
    for (let i = from; i < to; i += 2) {
      const unit = read.call(bytes, i)
      const isLow = unit >= 0xdc00 && unit < 0xe000
      if (isLow !== (high !== 0)) refuseCharacter()
      if (isLow) {
        appendCodePoint(scratch, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00))
        high = 0
      } else if (unit >= 0xd800 && unit < 0xdc00) {
        if (charset === 'ucs2') refuseCharacter()
        high = unit
      } else appendCodePoint(scratch, unit)
    }
  }
  const end = (): void => {
    const dangling = high !== 0
    high = 0
    if (dangling) refuseCharacter()
  }
  return { decode, end, unit: 2, ascii: false, growth: 2 }
}

function utf32Decoder(): Decoder {
  const decode = (scratch: Scratch, bytes: Buffer, from: number, to: number): void => {
    if ((to - from) % 4 !== 0) refuseCharacter()
    scratch.reserve(to - from)
    for (let i = from; i < to; i += 4) {
      const point = bytes.readUInt32BE(i)
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) refuseCharacter()
      appendCodePoint(scratch, point)
    }
  }
  return { decode, end: () => {}, unit: 4, ascii: false, growth: 1 }
}

/** There is room for it. */
function appendCodePoint(scratch: Scratch, point: number): void {
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
