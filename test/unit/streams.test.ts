import { describe, expect, it } from 'vitest'
import { streamOf } from '../../activities/streams.js'
import type { RowSink } from '../../core/ports.js'

const never = new AbortController().signal
const BLOCK = 128 * 1024

/** Writes without an end, as an adapter does, until its signal or its sink says stop. */
async function endless(sink: RowSink, signal: AbortSignal, wrote: { blocks: number }): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const goOn = sink.write(new Uint8Array(BLOCK))
    wrote.blocks++
    if (!goOn) await sink.drained()
  }
}

async function taken(stream: AsyncIterable<Uint8Array>, most = Infinity): Promise<number> {
  let blocks = 0
  for await (const _ of stream) if (++blocks === most) break
  return blocks
}

describe('a reader as a stream', () => {
  it('does not begin before it is read, and hands over all blocks in their order', async () => {
    let begun = false
    const stream = streamOf(never, async (sink) => {
      begun = true
      for (let i = 0; i < 100; i++) if (!sink.write(Uint8Array.of(i))) await sink.drained()
    })
    expect(begun).toBe(false)
    const found: number[] = []
    for await (const [first] of stream) found.push(first as number)
    expect(found).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('waits while a megabyte is not taken', async () => {
    const wrote = { blocks: 0 }
    const iterator = streamOf(never, (sink, signal) => endless(sink, signal, wrote))[Symbol.asyncIterator]()
    await iterator.next()
    await new Promise((resolve) => setImmediate(resolve))
    expect(wrote.blocks * BLOCK).toBeLessThanOrEqual((1 << 20) + 2 * BLOCK)
    for (let i = 0; i < 50; i++) await iterator.next()
    expect(wrote.blocks * BLOCK).toBeLessThanOrEqual(51 * BLOCK + (1 << 20) + 2 * BLOCK)
    await iterator.return?.()
  })

  it('is stopped where it is left early, and has ended when that returns', async () => {
    let ended = false
    const stream = streamOf(never, async (sink, signal) => {
      await endless(sink, signal, { blocks: 0 }).finally(() => (ended = true))
    })
    expect(await taken(stream, 3)).toBe(3)
    expect(ended).toBe(true)
  })

  it('throws what the reader threw, behind what came before', async () => {
    const stream = streamOf(never, async (sink) => {
      sink.write(Uint8Array.of(1))
      throw new Error('the server went away')
    })
    const iterator = stream[Symbol.asyncIterator]()
    expect(await iterator.next()).toMatchObject({ done: false })
    await expect(iterator.next()).rejects.toThrow('the server went away')
  })

  it('ends with its signal, also while the reader waits for room', async () => {
    const stop = new AbortController()
    const stream = streamOf(stop.signal, async (sink, signal) => {
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      })
      await Promise.race([endless(sink, signal, { blocks: 0 }), aborted])
    })
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    stop.abort(new Error('cancelled'))
    const rest = async (): Promise<void> => {
      while ((await iterator.next()).done !== true);
    }
    await expect(rest()).rejects.toThrow('cancelled')
  })
})
