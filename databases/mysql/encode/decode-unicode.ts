import { appendCodePoint, type Decoder, refuseCharacter } from './decode.js'
import type { Scratch } from './scratch.js'

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
