import { witnessOf } from '../core/config/consistency.js'
import type { ChunkClaim } from '../core/ledger.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { Site } from './plans.js'
import { pieceOf, rangeOfPiece } from './witness-ranges.js'

/**
 * Right behind a chunk's copy in a snapshot, before the table is let go of: notes what SQL in the source says of the part
 * that the proof of the load will ask about. Without a snapshot there is nothing to note: the proof asks both sides.
 *
 * The copy does not fail with it, since its rows are there: what could not be noted is asked for by the proof, of the
 * source as it is then.
 */
export async function witnessCopied(
  site: Site,
  table: PlannedTable,
  { run, ordinal, range: chunk }: ChunkClaim,
  rows: number,
  signal: AbortSignal,
): Promise<void> {
  const { snapshot } = site
  if (snapshot === undefined || site.undigested) return
  const piece = pieceOf({ proof: run, witness: witnessOf(site.stored.config) }, table, { ordinal, rows })
  if (piece === null) return
  try {
    const range = await rangeOfPiece(site, table, chunk, piece, signal)
    const sum = await site.source.witness(table, range, { signal, snapshot })
    await site.ledger.noteWitness(run, table.ordinal, ordinal, { range, ...sum })
  } catch {
    signal.throwIfAborted()
  }
}
