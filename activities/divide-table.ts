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
  step(tools, 'divideTable', async (input: DivideInput, { signal }): Promise<Divided> => {
    const { ref, table: ordinal, size, atMost } = input
    const site = await tools.plans.siteOf(ref)
    const table = tableOf(site, ordinal)
    const stats = await site.ledger.chunkStats(ref.run, ordinal)
    if (stats.complete) return { chunks: stats.chunks, complete: true }
    if (stats.chunks === 0) await site.ledger.setTable(ref.run, ordinal, { state: 'copying' })
    const limits = { ...site.plan.limits, ...(input.chunkBytes !== undefined && { chunkBytes: input.chunkBytes }) }
    const most = rowsAtPace(input.rowsPerSecond)
    const rowsPerChunk = Math.min(most, chunkRows(stats, limits, { ...table, ...size }))
    const { boundaries, last } = await site.source.boundaries(table, { after: stats.end, rowsPerChunk, atMost }, signal)
    const ranges = rangesBetween(stats.end, boundaries, last)
    await site.ledger.addChunks(ref.run, ordinal, stats.chunks, ranges)
    return { chunks: stats.chunks + ranges.length, complete: last }
  })

/** At that pace a chunk is done in seconds: the sessions end alike, and a window's end is not waited for. */
const SECONDS_AT_PACE = 2
const LEAST_ROWS = 500

const rowsAtPace = (rowsPerSecond: number | undefined): number =>
  rowsPerSecond === undefined ? Infinity : Math.max(LEAST_ROWS, Math.floor(rowsPerSecond * SECONDS_AT_PACE))
