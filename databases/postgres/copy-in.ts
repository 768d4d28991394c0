import type { Duplex } from 'node:stream'
import type pg from 'pg'
import type { RowSink } from '../../core/ports.js'

/** User-space queue: a reader goes on while the kernel takes the block before. One block more may wait. */
const HIGH_BYTES = 1 << 20

const COPY_DATA = 0x64
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * One `COPY ... FROM STDIN` as the driver runs it (its contract for queries of other people's making: `submit` and the
 * handlers), and the sink of its rows. Not pg-copy-streams: a Writable between us and the socket holds 16 KB, writes a
 * block as two, and after an error never says when the server is ready again.
 *
 * The server drops what still comes after its error, so the session stays in step whatever happens.
 */
export class CopyIn implements RowSink, pg.Submittable {
  /** Resolves when the server waits for rows. */
  readonly started: Promise<void>
  readonly failed: Promise<never>
  readonly #text: string
  readonly #start = deferred<void>()
  readonly #end = deferred<number>()
  readonly #failure = deferred<never>()
  #socket: Duplex | null = null
  #queued = 0
  #rows = 0
  #broken: Error | null = null
  #waiting: (() => void) | null = null

  /** `text` may hold statements before the COPY, which is its last. */
  constructor(text: string) {
    this.#text = text
    this.started = this.#start.promise
    this.failed = this.#failure.promise
    for (const promise of [this.started, this.failed, this.#end.promise]) promise.catch(() => {})
  }

  write(block: Uint8Array): boolean {
    if (this.#broken || !this.#socket) return false
    const head = Buffer.allocUnsafe(5)
    head[0] = COPY_DATA
    head.writeUInt32BE(block.length + 4, 1)
    // Corked, so that head and block leave in one system call.
    this.#queued += block.length
    this.#socket.cork()
    this.#socket.write(head)
    this.#socket.write(block, () => this.#left(block.length))
    this.#socket.uncork()
    return this.#queued < HIGH_BYTES
  }

  drained(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    if (this.#queued < HIGH_BYTES) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting = () => (this.#broken ? reject(this.#broken) : resolve())
    })
  }

  /** Ends the COPY; the number of rows that the server loaded. Rejects with the server's error. */
  end(): Promise<number> {
    if (!this.#broken) this.#socket?.write(COPY_DONE)
    return this.#end.promise
  }

  /** Makes every wait reject. The session is in the middle of a COPY then: it must be dropped, not used. */
  fail(error: Error): void {
    if (this.#broken) return
    this.#broken = error
    this.#start.reject(error)
    this.#end.reject(error)
    this.#failure.reject(error)
    this.#wake()
  }

  #left(bytes: number): void {
    this.#queued -= bytes
    if (this.#queued < HIGH_BYTES) this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.()
  }

  // What the driver calls.

  submit(connection: pg.Connection): void {
    this.#socket = connection.stream
    connection.query(this.#text)
  }

  handleCopyInResponse(): void {
    this.#start.resolve()
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const rows = /^COPY (\d+)$/.exec(message.text)
    if (rows) this.#rows = Number(rows[1])
  }

  handleReadyForQuery(): void {
    this.#end.resolve(this.#rows)
  }

  handleError(error: Error): void {
    this.fail(error)
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}

  /** The driver puts a query timeout here; we have none. */
  callback(): void {}
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: Error): void
}

function deferred<T>(): Deferred<T> {
  let settle!: Omit<Deferred<T>, 'promise'>
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  return { promise, ...settle }
}
