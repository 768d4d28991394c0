import { copyRange } from './copying.js'
import type { ChunkInput, Copied } from './messages.js'
import { tableOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Copies one chunk, once: an attempt that finds it done answers with what was copied then. */
export const copyChunk = (tools: Tools) =>
  step(tools, 'copyChunk', async ({ ref, table: ordinal, chunk }: ChunkInput, { signal, beat }): Promise<Copied> => {
    const site = await tools.plans.siteOf(ref)
    const claimed = await site.ledger.claim(ref.run, ordinal, chunk, tools.worker)
    if (claimed.state === 'done') return { rows: claimed.rows, bytes: claimed.bytes }
    const { rows, bytes } = await copyRange(site, tableOf(site, ordinal), claimed.claim, signal, beat)
    return { rows, bytes }
  })
