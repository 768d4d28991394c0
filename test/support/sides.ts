import type { Sides } from '../../activities/comparing.js'
import { WHOLE } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { RowSink } from '../../core/ports.js'
import type { CopiedChunk } from '../../core/proof.js'

/** Lines of both sides, without their newlines. */
export interface Look {
  readonly source: Iterable<string>
  readonly target: Iterable<string>
}

export const ALL: readonly CopiedChunk[] = [{ ordinal: 0, range: WHOLE, digest: null }]

const BLOCK_BYTES = 10_000

/** Sides whose rows lie in memory and may be replaced between two looks; the n-th row of the target has the id `(n,1)`. */
export function sidesInMemory(
  table: PlannedTable,
  look: Look,
  { rowIds = true } = {},
): Sides & { readonly rows: { source: Iterable<string>; target: Iterable<string> }; readonly looks: Looks } {
  const rows = { ...look }
  const looks = { source: 0, target: 0 }
  return {
    ...{ table, rows, looks, rowIds, signal: new AbortController().signal },
    source: (_, sink) => {
      looks.source++
      return give(rows.source, sink, false)
    },
    target: (_, sink, options) => {
      looks.target++
      return give(rows.target, sink, options.rowIds)
    },
  }
}

/** How often each side was read. */
export interface Looks {
  source: number
  target: number
}

async function give(lines: Iterable<string>, sink: RowSink, rowIds: boolean) {
  const counts = { rows: 0, bytes: 0 }
  let text = ''
  const flush = async (): Promise<void> => {
    if (text !== '' && !sink.write(Buffer.from(text))) await sink.drained()
    text = ''
  }
  for (const line of lines) {
    text += `${rowIds ? `(${counts.rows},1)\t` : ''}${line}\n`
    counts.rows++
    counts.bytes += Buffer.byteLength(line) + 1
    if (text.length > BLOCK_BYTES) await flush()
  }
  await flush()
  return counts
}
