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
