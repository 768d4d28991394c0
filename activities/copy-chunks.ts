import { counted, inFlight } from './counted.js'
import { copyRange } from './copying.js'
import type { ChunksInput, Copied, CopiedChunks } from './messages.js'
import { inSnapshot, tableOf } from './plans.js'
import { type Attempt, step } from './step.js'
import { type Throttle, throttled } from './throttle.js'
import type { Tools } from './tools.js'

/**
 * Copies chunks that follow one another, each in a transaction of its own and each once: an attempt that finds one
 * done goes on with the next. More than one only where chunks are so small that the steps would cost more than they.
 */
export const copyChunks = (tools: Tools) =>
  step(tools, 'copyChunks', async (input: ChunksInput, attempt): Promise<CopiedChunks> => {
    const pace = { run: input.ref.run, rowsPerSecond: input.rowsPerSecond, signal: attempt.signal }
    return await throttled(pace, (throttle) => copyAll(tools, input, attempt, throttle))
  })

async function copyAll(
  tools: Tools,
  input: ChunksInput,
  { signal, beat }: Attempt,
  throttle: Throttle | null,
): Promise<CopiedChunks> {
  const { ref, table: ordinal, first, count } = input
  const started = performance.now()
  const site = inSnapshot(await tools.plans.siteOf(ref), ref, input.snapshot)
  const table = tableOf(site, ordinal)
  const total = { rows: 0, bytes: 0 }
  const onCounts = (chunk: number) => {
    const before = { ...total }
    return ({ rows, bytes }: Copied): void => beat({ chunk, rows: before.rows + rows, bytes: before.bytes + bytes })
  }
  for (let chunk = first; chunk < first + count; chunk++) {
    signal.throwIfAborted()
    const claimed = await site.ledger.claim(ref.run, ordinal, chunk, tools.worker)
    const done =
      claimed.state === 'done'
        ? claimed
        : await inFlight(tools, ref, async () =>
            counted(tools, ref, await copyRange(site, table, claimed.claim, signal, onCounts(chunk), throttle)),
          )
    total.rows += done.rows
    total.bytes += done.bytes
  }
  return { ...total, seconds: (performance.now() - started) / 1000 }
}
