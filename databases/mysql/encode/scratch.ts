const SMALL = 64 * 1024
/** What is kept between values; one huge document must not hold its memory for the rest of the table. */
const KEPT = 1024 * 1024

/** Bytes that grow. */
export class Scratch {
  bytes: Buffer = Buffer.allocUnsafeSlow(SMALL)
  length = 0

  /** Empties it for a value of about this size. */
  begin(expected: number): void {
    this.length = 0
    if (this.bytes.length < expected || this.bytes.length > Math.max(KEPT, 4 * expected)) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(SMALL, expected))
    }
  }

  reserve(size: number): void {
    if (this.bytes.length - this.length >= size) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + size, Math.ceil(this.bytes.length * 1.5)))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.reserve(1)
    this.bytes[this.length++] = value
  }

  /** A few characters of ASCII. */
  ascii(text: string): void {
    this.reserve(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  copy(from: Buffer, start: number, end: number): void {
    this.reserve(end - start)
    this.length += from.copy(this.bytes, this.length, start, end)
  }
}
