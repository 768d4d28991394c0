import { createHash } from 'node:crypto'
import { WHOLE, type KeyRange } from '../core/key-range.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import { isWholeWitnessed, witnessSample, type ChunkSize, type WitnessPiece } from '../core/plan/witness-sample.js'
import type { CopiedChunk, ProofRequest } from '../core/proof.js'
import type { Site } from './plans.js'

/** What the witness looks at: a piece of one chunk, or a whole table whose chunks are no ranges in the target. */
export type WitnessPart = WitnessPiece | 'all'

const PAGE = 1000

/** The parts of a table, the same ones in each attempt at this proof: the ledger knows them by their place. */
export async function witnessParts(site: Site, request: ProofRequest, table: PlannedTable): Promise<WitnessPart[]> {
  const { proof, run, witness: share } = request
  if (share <= 0) return []
  const sizes: ChunkSize[] = []
  for await (const { ordinal, digest } of chunksOf(site, run, table)) sizes.push({ ordinal, rows: digest?.rows ?? 0 })
  const random = randomFrom(`${proof} ${table.source}`)
  if (digestForm(table).form === 'ordered') return witnessSample(sizes, share, random)
  const rows = sizes.reduce((sum, size) => sum + size.rows, 0)
  return isWholeWitnessed(rows, share, random) ? ['all'] : []
}

/** All chunks of a table, in their order. */
export async function* chunksOf(site: Site, run: string, table: PlannedTable): AsyncGenerator<CopiedChunk> {
  for (let first = 0; ;) {
    const page = await site.ledger.copiedChunks(run, table.ordinal, first, PAGE)
    yield* page
    if (page.length < PAGE) return
    first = (page.at(-1) as CopiedChunk).ordinal + 1
  }
}

/** Numbers from 0 to 1 that nobody can tell before the proof has its id. */
function randomFrom(seed: string): () => number {
  let n = 0
  return () => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE() / 2 ** 32
}

export interface LocatedPart {
  readonly range: KeyRange
  /** The chunk that it lies in; null: all of them. */
  readonly chunk: CopiedChunk | null
}

/** The keys between which a part lies, found in the source as it is now. Null: its chunk is not there. */
export async function locate(
  site: Site,
  { run }: ProofRequest,
  table: PlannedTable,
  part: WitnessPart,
  signal: AbortSignal,
): Promise<LocatedPart | null> {
  if (part === 'all') return { range: WHOLE, chunk: null }
  const [chunk] = await site.ledger.copiedChunks(run, table.ordinal, part.chunk, 1)
  if (chunk === undefined || chunk.ordinal !== part.chunk) return null
  const after = async (key: KeyRange['from'], rows: number): Promise<KeyRange['from']> => {
    const { boundaries } = await site.source.boundaries(table, { after: key, rowsPerChunk: rows, atMost: 1 }, signal)
    return boundaries[0] ?? null
  }
  // A source that has fewer rows by now gives no key: the range is then wider, or reaches beyond its chunk, which has changed.
  const from = part.skip === 0 ? chunk.range.from : ((await after(chunk.range.from, part.skip)) ?? chunk.range.from)
  const to = part.rows === null ? chunk.range.to : ((await after(from, part.rows)) ?? chunk.range.to)
  return { range: { from, to }, chunk }
}
