import { expect, it } from 'vitest'
import { throttled, type Throttle } from '../../activities/throttle.js'
import type { RowSink } from '../../core/ports.js'

const BLOCK = new TextEncoder().encode('1\tone\n'.repeat(100))

/** Takes whatever comes. */
function open(): { sink: RowSink; blocks: () => number } {
  let blocks = 0
  const sink: RowSink = {
    write: () => (blocks++, true),
    drained: async () => {},
    failed: new Promise<never>(() => {}),
  }
  return { sink, blocks: () => blocks }
}

async function write(throttle: Throttle | null, blocks: number): Promise<void> {
  const { sink } = open()
  const slow = throttle?.sink(sink) ?? sink
  for (let i = 0; i < blocks; i++) if (!slow.write(BLOCK)) await slow.drained()
  await throttle?.settle()
}

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

const forever = new AbortController().signal

it('holds a pace over a chunk', async () => {
  const pace = { run: 'a', rowsPerSecond: 5000, signal: forever }
  const took = await seconds(() => throttled(pace, (throttle) => write(throttle, 50)))
  expect(took).toBeGreaterThan(0.99)
  expect(took).toBeLessThan(1.2)
})

it('makes up for the time between two chunks of a session, so that the pace holds over a run', async () => {
  const pace = { run: 'b', rowsPerSecond: 10_000, signal: forever }
  const took = await seconds(async () => {
    for (let chunk = 0; chunk < 10; chunk++) {
      await throttled(pace, (throttle) => write(throttle, 10))
      // What a step costs beside its rows.
      const until = performance.now() + 20
      while (performance.now() < until);
    }
  })
  expect(took).toBeGreaterThan(0.95)
  expect(took).toBeLessThan(1.1)
})

it('keeps sessions side by side apart, each at its own pace', async () => {
  const pace = { run: 'c', rowsPerSecond: 5000, signal: forever }
  const took = await seconds(async () => {
    await Promise.all([1, 2, 3].map(() => throttled(pace, (throttle) => write(throttle, 25))))
  })
  expect(took).toBeGreaterThan(0.49)
  expect(took).toBeLessThan(0.7)
})

it('waits no longer than until it is cancelled, however slow the pace', async () => {
  const stop = new AbortController()
  const slow = throttled({ run: 'd', rowsPerSecond: 1, signal: stop.signal }, (throttle) => write(throttle, 1))
  const outcome = slow.then(
    () => 'ended',
    () => 'cancelled',
  )
  const took = await seconds(async () => {
    setTimeout(() => stop.abort(), 50)
    expect(await outcome).toBe('cancelled')
  })
  expect(took).toBeLessThan(0.5)
})

it('costs nothing where there is none', async () => {
  const took = await seconds(() =>
    throttled({ run: 'e', rowsPerSecond: undefined, signal: forever }, (throttle) => write(throttle, 10_000)),
  )
  expect(took).toBeLessThan(0.5)
})
