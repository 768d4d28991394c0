import { rangesBetween } from '../core/key-range.js'
import { chunkRows } from '../core/plan/chunk-rows.js'
import type { DivideInput, Divided } from './messages.js'
import { tableOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Finds the next boundaries of a table in its key's order and appends the chunks between them to the ledger, sized by
 * what the chunks so far measured. Runs ahead of the copy. Repeated, it goes on behind the last chunk there is.
 */
export const divideTable = (tools: Tools) =>
  step(
    tools,
    'divideTable',
    async ({ ref, table: ordinal, size, atMost }: DivideInput, { signal }): Promise<Divided> => {
      const site = await tools.plans.siteOf(ref)
      const table = tableOf(site, ordinal)
      const stats = await site.ledger.chunkStats(ref.run, ordinal)
      if (stats.complete) return { chunks: stats.chunks, complete: true }
      if (stats.chunks === 0) await site.ledger.setTable(ref.run, ordinal, { state: 'copying' })
      const rowsPerChunk = chunkRows(stats, site.plan.limits, { ...table, ...size })
      const { boundaries, last } = await site.source.boundaries(
        table,
        { after: stats.end, rowsPerChunk, atMost },
        signal,
      )
      const ranges = rangesBetween(stats.end, boundaries, last)
      await site.ledger.addChunks(ref.run, ordinal, stats.chunks, ranges)
      return { chunks: stats.chunks + ranges.length, complete: last }
    },
  )
