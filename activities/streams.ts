import type { RowSink } from '../core/ports.js'

/** Bytes that wait for whoever reads, per stream. */
const HIGH_BYTES = 1 << 20

/** Makes a reader give up; nobody hears of it. */
class Enough extends Error {}

/**
 * What a reader writes into its sink, as a stream: the reader begins when the stream is first read, waits while a
 * megabyte is not taken, and is stopped where the stream is left early. The stream ends when the reader has ended, and
 * throws what the reader threw.
 */
export function streamOf(
  signal: AbortSignal,
  read: (sink: RowSink, signal: AbortSignal) => Promise<unknown>,
): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new RowStream(signal, read) }
}

class RowStream implements AsyncIterator<Uint8Array> {
  readonly #read: (sink: RowSink, signal: AbortSignal) => Promise<unknown>
  readonly #signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #blocks: Uint8Array[] = []
  #queued = 0
  #reading: Promise<void> | null = null
  #over = false
  #failure: { readonly error: unknown } | null = null
  /** Whoever waits for a block, and the reader that waits for room. */
  #taker: (() => void) | null = null
  #writer: (() => void) | null = null

  constructor(signal: AbortSignal, read: (sink: RowSink, signal: AbortSignal) => Promise<unknown>) {
    this.#signal = signal
    this.#read = read
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#reading ??= this.#begin()
    while (this.#blocks.length === 0 && !this.#over) await new Promise<void>((resolve) => (this.#taker = resolve))
    const block = this.#blocks.shift()
    if (block === undefined) {
      if (this.#failure !== null) throw this.#failure.error
      return { done: true, value: undefined }
    }
    this.#queued -= block.length
    if (this.#queued < HIGH_BYTES) this.#wakeWriter()
    return { done: false, value: block }
  }

  /** Resolves when the reader has let go of its session. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#stop.abort(new Enough('the rest of the rows is not wanted'))
    this.#wakeWriter()
    await this.#reading
    this.#blocks.length = 0
    return { done: true, value: undefined }
  }

  async #begin(): Promise<void> {
    try {
      await this.#read(this.#sink(), AbortSignal.any([this.#signal, this.#stop.signal]))
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failure = { error }
    } finally {
      this.#over = true
      this.#wakeTaker()
    }
  }

  #sink(): RowSink {
    const stopped = this.#stop.signal
    const failed = new Promise<never>((_, reject) => {
      stopped.addEventListener('abort', () => reject(stopped.reason as Error), { once: true })
    })
    failed.catch(() => {})
    return {
      write: (block) => {
        if (stopped.aborted) return false
        this.#blocks.push(block)
        this.#queued += block.length
        this.#wakeTaker()
        return this.#queued < HIGH_BYTES
      },
      drained: async () => {
        while (this.#queued >= HIGH_BYTES && !stopped.aborted)
          await new Promise<void>((resolve) => (this.#writer = resolve))
        if (stopped.aborted) throw stopped.reason
      },
      failed,
    }
  }

  #wakeTaker(): void {
    this.#taker?.()
    this.#taker = null
  }

  #wakeWriter(): void {
    this.#writer?.()
    this.#writer = null
  }
}
