import { createHash } from 'node:crypto'
import type { Key, KeyRange } from '../core/key-range.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import { isSmall, isWholeWitnessed, witnessPiece, type WitnessPiece } from '../core/plan/witness-sample.js'
import type { CopiedChunk, ProofId } from '../core/proof.js'
import type { RunId } from '../core/run.js'
import type { Site } from './plans.js'

/** A proof, and the share of the rows that its witness sees. */
export interface Asked {
  readonly proof: ProofId
  readonly witness: number
}

/** Whether the chunks of a table are ranges in the target too, so that a piece of one can be compared. */
export const hasRanges = (table: PlannedTable): boolean => digestForm(table).form === 'ordered'

/** Of a table without ranges: whether this proof looks at it, which is then at all of it. */
export const isChosen = ({ proof, witness }: Asked, table: PlannedTable): boolean =>
  isWholeWitnessed(table.estimatedRows, witness, randomFrom(`${proof} ${table.source}`))

/** What this proof looks at of one chunk, the same whenever it is asked; null for nothing. */
export function pieceOf(
  asked: Asked,
  table: PlannedTable,
  chunk: { readonly ordinal: number; readonly rows: number },
): WitnessPiece | null {
  if (!hasRanges(table)) return isChosen(asked, table) ? { skip: 0, rows: null } : null
  const random = randomFrom(`${asked.proof} ${table.source} ${chunk.ordinal}`)
  return witnessPiece(chunk, asked.witness, isSmall(table.estimatedRows), random)
}

/** Numbers from 0 to 1 that nobody can tell before the proof has its id. */
function randomFrom(seed: string): () => number {
  let n = 0
  const next = (): number => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE()
  return () => next() / 2 ** 32
}

/**
 * The keys between which a piece of a chunk lies, found in the source as it is now. A source that has fewer rows by now
 * gives no key, or one beyond the chunk: the range is then wider, which matters to neither side.
 */
export async function rangeOfPiece(
  site: Site,
  table: PlannedTable,
  chunk: KeyRange,
  piece: WitnessPiece,
  signal: AbortSignal,
): Promise<KeyRange> {
  const after = async (key: Key | null, rows: number): Promise<Key | null> => {
    const { boundaries } = await site.source.boundaries(table, { after: key, rowsPerChunk: rows, atMost: 1 }, signal)
    return boundaries[0] ?? null
  }
  const from = piece.skip === 0 ? chunk.from : ((await after(chunk.from, piece.skip)) ?? chunk.from)
  const to = piece.rows === null ? chunk.to : ((await after(from, piece.rows)) ?? chunk.to)
  return { from, to }
}

const PAGE = 500

/** All chunks of a table, in their order. */
export async function* chunksOf(site: Site, run: RunId, table: PlannedTable): AsyncGenerator<CopiedChunk> {
  for (let first = 0; ;) {
    const page = await site.ledger.copiedChunks(run, table.ordinal, first, PAGE)
    yield* page
    if (page.length < PAGE) return
    first = (page.at(-1) as CopiedChunk).ordinal + 1
  }
}
