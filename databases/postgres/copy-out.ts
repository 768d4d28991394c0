import type { Duplex } from 'node:stream'
import type pg from 'pg'
import type { RowSink } from '../../core/ports.js'

/** Rows go to the sink in blocks of about this many bytes. */
const BLOCK = 128 * 1024
const HEADER = 5
const COPY_DATA = 0x64
const READY = 0x5a

type Listener = (chunk: Buffer) => void

/**
 * One `COPY ... TO STDOUT` as the driver runs it. Stands between the socket and the driver's parser while it lasts: the
 * server sends each row as a message of its own, and an object for each of them costs more than all the rest. What is no
 * row goes to the driver. After an error or a stop the session must be dropped: rows may still be coming.
 */
export class CopyOut implements pg.Submittable {
  /** Resolves with the number of rows that the server counted, once it is ready for the next statement. */
  readonly ended: Promise<number>
  /** Whether `ended` rejected with the server's word, or the driver's, and not with the sink's or the caller's. */
  isServers = false
  readonly #text: string
  readonly #sink: RowSink
  readonly #settle: { resolve: (rows: number) => void; reject: (error: unknown) => void }
  #socket: Duplex | null = null
  #driver: Listener[] = []
  #rows = 0
  #bytes = 0
  #failure: unknown = null
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK)
  #used = 0
  /** Of the message that is under way: bytes of its payload still to come, and whether they are rows. */
  #left = 0
  #inRow = false
  /** The begin of a message that is not complete. */
  #partial: Buffer = Buffer.alloc(0)

  /** `text` may hold statements before and behind the COPY. */
  constructor(text: string, sink: RowSink) {
    this.#text = text
    this.#sink = sink
    let settle!: { resolve: (rows: number) => void; reject: (error: unknown) => void }
    this.ended = new Promise<number>((resolve, reject) => (settle = { resolve, reject }))
    this.ended.catch(() => {})
    this.#settle = settle
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Makes `ended` reject; the session is for nothing any more. */
  fail(error: unknown): void {
    this.#failure ??= error
    this.#detach()
    this.#settle.reject(this.#failure)
  }

  #take = (chunk: Buffer): void => {
    try {
      this.#messages(chunk)
    } catch (error) {
      this.fail(error)
    }
  }

  #messages(chunk: Buffer): void {
    let at = 0
    if (this.#partial.length > 0) {
      chunk = Buffer.concat([this.#partial, chunk])
      this.#partial = Buffer.alloc(0)
    }
    while (at < chunk.length && this.#socket !== null) {
      if (this.#inRow) {
        at = this.#payload(chunk, at)
        continue
      }
      if (chunk.length - at < HEADER) break
      const length = chunk.readUInt32BE(at + 1)
      if (chunk[at] === COPY_DATA) {
        this.#left = length - 4
        this.#inRow = this.#left > 0
        at += HEADER
        continue
      }
      if (chunk.length - at < 1 + length) break
      this.#other(chunk.subarray(at, at + 1 + length))
      at += 1 + length
    }
    if (at < chunk.length && this.#socket !== null) this.#partial = Buffer.from(chunk.subarray(at))
  }

  /** Copies what is there of a row, and returns where the rest of the chunk begins. */
  #payload(chunk: Buffer, at: number): number {
    if (this.#used === BLOCK) this.#flush()
    const size = Math.min(this.#left, chunk.length - at, BLOCK - this.#used)
    chunk.copy(this.#block, this.#used, at, at + size)
    this.#used += size
    this.#left -= size
    this.#inRow = this.#left > 0
    return at + size
  }

  #flush(): void {
    if (this.#used === 0) return
    const block = this.#block.subarray(0, this.#used)
    this.#bytes += this.#used
    this.#block = Buffer.allocUnsafeSlow(BLOCK)
    this.#used = 0
    if (this.#sink.write(block)) return
    const socket = this.#socket
    socket?.pause()
    this.#sink.drained().then(
      () => void socket?.resume(),
      (error: unknown) => this.fail(error),
    )
  }

  #other(message: Buffer): void {
    if (message[0] === READY) {
      this.#flush()
      this.#detach()
    }
    for (const listener of this.#driver) listener(message)
  }

  #detach(): void {
    const socket = this.#socket
    if (socket === null) return
    this.#socket = null
    socket.off('data', this.#take)
    for (const listener of this.#driver) socket.on('data', listener)
  }

  // What the driver calls.

  submit(connection: pg.Connection): void {
    const socket = connection.stream
    this.#driver = socket.listeners('data') as Listener[]
    for (const listener of this.#driver) socket.off('data', listener)
    this.#socket = socket
    socket.on('data', this.#take)
    connection.query(this.#text)
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const rows = /^COPY (\d+)$/.exec(message.text)
    if (rows) this.#rows = Number(rows[1])
  }

  handleReadyForQuery(): void {
    if (this.#failure === null) this.#settle.resolve(this.#rows)
    else this.#settle.reject(this.#failure)
  }

  handleError(error: Error): void {
    this.isServers = true
    this.fail(error)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}

  /** The driver puts a query timeout here; we have none. */
  callback(): void {}
}
