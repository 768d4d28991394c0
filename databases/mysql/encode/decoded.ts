import { LOSSY } from '../charsets.js'
import type { Encode, Parts } from './column.js'
import { type Decoder, refuseCharacter } from './decode.js'
import type { Output } from './output.js'
import { Scratch } from './scratch.js'

/** Text as stored becomes UTF-8, and that the column's canonical text. */
export class DecodedText {
  readonly #scratch = new Scratch()
  readonly parts: Parts

  constructor(
    private readonly decoder: Decoder,
    private readonly utf8: Encode,
  ) {
    this.parts = { unit: decoder.unit, encode: this.#part, end: () => decoder.end() }
  }

  readonly encode = (out: Output, bytes: Buffer, from: number, to: number): void => {
    this.#part(out, bytes, from, to)
    this.decoder.end()
  }

  readonly #part = (out: Output, bytes: Buffer, from: number, to: number): void => {
    this.#scratch.begin((to - from) * this.decoder.growth)
    this.decoder.decode(this.#scratch, bytes, from, to)
    this.utf8(out, this.#scratch.bytes, 0, this.#scratch.length)
  }
}

/** The server could not convert the value there and back. */
export function refuseLossy(bytes: Buffer, from: number, to: number): void {
  if (to - from === 1 && bytes[from] === LOSSY) refuseCharacter()
}
