/** Rows `skip` to `skip + rows` of a chunk in the key's order; `rows` null: to its end. */
export interface WitnessPiece {
  readonly chunk: number
  readonly skip: number
  readonly rows: number | null
}

/** A chunk as it was copied. */
export interface ChunkSize {
  readonly ordinal: number
  readonly rows: number
}

/** A table of no more rows than these is witnessed whole: less would save nothing. */
const SMALL = 10_000
/** A range takes each server less than half a second. */
const ROWS_A_RANGE = 50_000

/**
 * The ranges that the witness looks at: all chunks where all is asked for or the table is small, else about `share` of the
 * rows, spread over the table at random. `random` gives numbers from 0 to 1.
 *
 * Every second range ends with its chunk: readers fail where a stream ends.
 */
export function witnessSample(chunks: readonly ChunkSize[], share: number, random: () => number): WitnessPiece[] {
  if (share <= 0) return []
  const total = rowsOf(chunks)
  const wanted = Math.max(SMALL, Math.ceil(share * total))
  if (share >= 1 || wanted >= total) return chunks.map(({ ordinal }) => ({ chunk: ordinal, skip: 0, rows: null }))
  const perRange = Math.min(ROWS_A_RANGE, wanted, Math.ceil(total / chunks.length))
  const count = Math.ceil(wanted / perRange)
  const ends = random() < 0.5 ? 0 : 1
  const pieces = new Map<string, WitnessPiece>()
  for (let i = 0; i < count; i++) {
    const chunk = chunkAt(chunks, Math.floor(((i + random()) / count) * total))
    const piece = pieceOf(chunk, perRange, i % 2 === ends, random)
    pieces.set(`${piece.chunk} ${piece.skip}`, piece)
  }
  return [...pieces.values()]
}

const rowsOf = (chunks: readonly ChunkSize[]): number => chunks.reduce((sum, { rows }) => sum + rows, 0)

/** The chunk that has the table's n-th row. */
function chunkAt(chunks: readonly ChunkSize[], n: number): ChunkSize {
  let before = 0
  for (const chunk of chunks) {
    before += chunk.rows
    if (n < before) return chunk
  }
  return chunks.at(-1) as ChunkSize
}

function pieceOf({ ordinal, rows }: ChunkSize, wanted: number, atEnd: boolean, random: () => number): WitnessPiece {
  if (rows <= wanted) return { chunk: ordinal, skip: 0, rows: null }
  const last = rows - wanted
  const skip = atEnd ? last : Math.floor(random() * (last + 1))
  return { chunk: ordinal, skip, rows: skip === last ? null : wanted }
}

/** A table of which only all rows can be compared is witnessed whole up to here. */
const WHOLE_AT_MOST = 1_000_000

/**
 * Whether a table whose chunks are no ranges in the target is witnessed, all of it, this time. The larger it is the more
 * seldom: of any table no more than about `share` of the rows is read in a run, or a million.
 */
export const isWholeWitnessed = (rows: number, share: number, random: () => number): boolean =>
  share > 0 && random() < Math.max(share, WHOLE_AT_MOST / Math.max(1, rows))
