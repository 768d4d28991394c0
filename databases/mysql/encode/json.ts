import { JsonObject } from './json-object.js'
import { numericText } from './json-number.js'
import { copyString } from './json-string.js'
import type { Output } from './output.js'
import { Refused } from './refused.js'
import { Scratch } from './scratch.js'
import { encodeText } from './text.js'

const [QUOTE, COMMA, COLON, OPEN, CLOSE, OPEN_ARRAY, CLOSE_ARRAY] = Buffer.from('",:{}[]') as unknown as number[] as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const WORDS: Readonly<Record<number, string>> = { 0x74: 'true', 0x66: 'false', 0x6e: 'null' }

/**
 * Writes JSON in jsonb's normal form: `, ` and `: `, object keys by length and then bytes, the last of equal keys,
 * numbers as numeric prints them, its escapes. The open objects and arrays are a list, so depth costs no stack.
 */
export class JsonEncoder {
  readonly #scratch = new Scratch()
  #bytes: Buffer = this.#scratch.bytes
  #at = 0
  #end = 0

  encode(out: Output, bytes: Buffer, from: number, to: number): void {
    const normal = this.normal(bytes, from, to)
    encodeText(out, normal, 0, normal.length)
  }

  /** The normal form, in memory that the next call uses again. */
  normal(bytes: Buffer, from: number, to: number): Buffer {
    this.#bytes = bytes
    this.#at = from
    this.#end = to
    this.#scratch.begin(to - from + ((to - from) >> 2))
    this.#document()
    this.#space()
    if (this.#at !== this.#end) this.#refuse()
    return this.#scratch.bytes.subarray(0, this.#scratch.length)
  }

  #document(): void {
    /** What is open, outermost first: an object, or null for an array. */
    const open: (JsonObject | null)[] = []
    for (;;) {
      // At a value.
      const byte = this.#next()
      if (byte === OPEN) {
        const object = new JsonObject(this.#scratch)
        if (this.#peek() === CLOSE) {
          this.#next()
          object.close()
        } else {
          open.push(object)
          this.#key(object)
          continue
        }
      } else if (byte === OPEN_ARRAY) {
        this.#scratch.byte(OPEN_ARRAY)
        if (this.#peek() !== CLOSE_ARRAY) {
          open.push(null)
          continue
        }
        this.#next()
        this.#scratch.byte(CLOSE_ARRAY)
      } else this.#scalar(byte)
      if (!this.#afterValue(open)) return
    }
  }

  /** Closes what ends here. False when nothing is open any more. */
  #afterValue(open: (JsonObject | null)[]): boolean {
    for (;;) {
      const inner = open.at(-1)
      if (inner === undefined) return false
      const byte = this.#next()
      if (byte === COMMA) {
        this.#scratch.ascii(', ')
        if (inner !== null) this.#key(inner)
        return true
      }
      if (byte !== (inner === null ? CLOSE_ARRAY : CLOSE)) this.#refuse()
      open.pop()
      if (inner === null) this.#scratch.byte(CLOSE_ARRAY)
      else inner.close()
    }
  }

  #key(object: JsonObject): void {
    if (this.#next() !== QUOTE) this.#refuse()
    object.beginKey()
    this.#string()
    object.endKey()
    if (this.#next() !== COLON) this.#refuse()
    this.#scratch.ascii(': ')
  }

  #scalar(byte: number): void {
    if (byte === QUOTE) return this.#string()
    const from = this.#at - 1
    while (this.#at < this.#end && isWordByte(this.#bytes[this.#at] as number)) this.#at++
    const text = this.#bytes.toString('latin1', from, this.#at)
    const normal = WORDS[byte] ?? numericText(text)
    if (normal === null || (WORDS[byte] !== undefined && normal !== text)) this.#refuse(text)
    this.#scratch.ascii(normal)
  }

  /** Behind its opening quote. */
  #string(): void {
    this.#scratch.byte(QUOTE)
    const end = copyString(this.#scratch, this.#bytes, this.#at, this.#end)
    if (end < 0) this.#refuse()
    this.#at = end
    this.#scratch.byte(QUOTE)
  }

  #space(): void {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.#at++
    }
  }

  #peek(): number {
    this.#space()
    return this.#at < this.#end ? (this.#bytes[this.#at] as number) : -1
  }

  #next(): number {
    const byte = this.#peek()
    if (byte < 0) this.#refuse()
    this.#at++
    return byte
  }

  #refuse(what?: string): never {
    const where = what === undefined ? '' : `: ${JSON.stringify(what.slice(0, 60))}`
    throw new Refused(
      `not JSON that jsonb can hold${where}, at byte ${this.#at}`,
      'mend the row in the source, or cast the column to text',
    )
  }
}

/** Letters, digits, sign, point: everything a number or a word may be made of, so that `truex` is seen whole. */
const isWordByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e ||
  ((byte | 0x20) - 0x61 < 26 && byte > 0x40)
