import type { ChunkStats } from '../ledger.js'
import type { Plan, PlannedTable } from './types.js'

/** Below this the cost of a chunk (some 20 to 100 ms) would show. An explicit smaller chunk_bytes goes before it. */
const SMALLEST_TARGET = 4 * 1024 * 1024
/** Chunks of each session: enough that all end at about the same time, whatever the rows are like. */
const CHUNKS_PER_SESSION = 4
/** What an interrupted chunk may cost, and how long a pause may have to roll back. */
const MAX_SECONDS = 10
/** Where nothing is known yet, neither from statistics nor from a chunk. */
const GUESSED_ROW_BYTES = 256

/**
 * How many rows the next chunks of a table should have: by bytes, and once chunks are done by what they measured, with
 * about ten seconds as the most. At least 1. Rows stream, so a wrong guess costs time and no memory.
 */
export function chunkRows(stats: ChunkStats, limits: Plan['limits'], table: PlannedTable): number {
  const rows = Math.floor(targetBytes(limits, table) / rowBytes(stats, table))
  return Math.max(1, Math.min(rows, rowsInTime(stats)))
}

/** Bytes of canonical text that a chunk of the table aims at. */
function targetBytes(limits: Plan['limits'], table: PlannedTable): number {
  const share = table.estimatedBytes / (limits.parallelism * CHUNKS_PER_SESSION)
  const smallest = Math.min(SMALLEST_TARGET, limits.chunkBytes)
  return Math.max(smallest, Math.min(limits.chunkBytes, share))
}

function rowBytes(stats: ChunkStats, table: PlannedTable): number {
  if (stats.doneRows > 0 && stats.doneBytes > 0) return stats.doneBytes / stats.doneRows
  const known = table.estimatedRows > 0 && table.estimatedBytes > 0
  return known ? table.estimatedBytes / table.estimatedRows : GUESSED_ROW_BYTES
}

/** A chunk of a few rows is all overhead, and says nothing about speed. */
function rowsInTime(stats: ChunkStats): number {
  const measured = stats.doneRows > 0 && stats.doneSeconds > stats.doneChunks * 0.2
  return measured ? Math.floor((stats.doneRows / stats.doneSeconds) * MAX_SECONDS) : Number.MAX_SAFE_INTEGER
}
