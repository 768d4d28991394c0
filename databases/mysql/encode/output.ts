import type { RowSink } from '../../../core/ports.js'

/** From 32 KB to 1 MB transcoding was measured to cost the same; this many keeps COPY's frames few and pauses short. */
const BLOCK = 256 * 1024
/** The first block is small: 500 tables of ten rows need no 500 big ones. */
const FIRST_BLOCK = 16 * 1024
const EMPTY = Buffer.alloc(0)
/** Below this many bytes a loop is faster than the call of a native copy. */
const NATIVE = 128

/**
 * Where encoders write. Lines run on through blocks: a block may end in the middle of a line, so that no value is ever
 * held as one text. The hot loop keeps `block`, `view` and `used` in locals and writes `used` back before it calls.
 */
export class Output {
  block: Buffer = Buffer.allocUnsafeSlow(FIRST_BLOCK)
  view: DataView = new DataView(this.block.buffer)
  used = 0
  /** The sink said that it has enough: await `drained()` before more rows are encoded. */
  full = false
  #flushed = 0

  constructor(private readonly sink: RowSink) {}

  /** Canonical bytes so far. */
  get bytes(): number {
    return this.#flushed + this.used
  }

  /** Makes room for `size` more bytes at `used`. */
  reserve(size: number): void {
    if (this.block.length - this.used < size) this.renew(size)
  }

  /** Hands the block to the sink, which keeps it, and takes a new one. */
  renew(size: number): void {
    this.flush()
    this.block = Buffer.allocUnsafeSlow(Math.max(BLOCK, size))
    this.view = new DataView(this.block.buffer)
  }

  flush(): void {
    if (this.used === 0) return
    this.full = !this.sink.write(this.block.subarray(0, this.used)) || this.full
    this.#flushed += this.used
    this.used = 0
    this.block = EMPTY
  }

  /** A few characters of ASCII that need no escaping. */
  ascii(text: string): void {
    const { length } = text
    this.reserve(length)
    const { block, used } = this
    for (let i = 0; i < length; i++) block[used + i] = text.charCodeAt(i)
    this.used = used + length
  }

  /** Bytes that need no escaping. */
  bytesAsTheyAre(from: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.reserve(length)
    const { block, used } = this
    if (length > NATIVE) block.set(from.subarray(start, end), used)
    else for (let i = 0; i < length; i++) block[used + i] = from[start + i] as number
    this.used = used + length
  }
}
