import type { Measure } from '../core/metrics.js'
import type { RunRef } from './messages.js'
import type { Tools } from './tools.js'

/** Counts a chunk that this process has just committed, and gives its counts back. */
export function counted<C extends { readonly rows: number; readonly bytes: number }>(
  { measure }: Tools,
  { migration }: RunRef,
  counts: C,
): C {
  measure?.('nightferry_rows_total', counts.rows, { migration })
  measure?.('nightferry_bytes_total', counts.bytes, { migration })
  measure?.('nightferry_chunks_total', 1, { migration })
  return counts
}

/** By who measures, which is one for each process. */
const copying = new WeakMap<Measure, Map<string, number>>()

/** Shows that one more chunk is being copied, as long as it is. */
export async function inFlight<T>({ measure }: Tools, { migration }: RunRef, copy: () => Promise<T>): Promise<T> {
  if (measure === undefined) return await copy()
  const chunks = copying.get(measure) ?? new Map<string, number>()
  copying.set(measure, chunks)
  const add = (more: 1 | -1): void => {
    const now = (chunks.get(migration) ?? 0) + more
    chunks.set(migration, now)
    measure('nightferry_chunks_in_flight', now, { migration })
  }
  add(1)
  try {
    return await copy()
  } finally {
    add(-1)
  }
}
