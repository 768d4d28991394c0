/** Rows `skip` to `skip + rows` of a chunk in the key's order; `rows` null: to its end. */
export interface WitnessPiece {
  readonly skip: number
  readonly rows: number | null
}

const ALL: WitnessPiece = { skip: 0, rows: null }

/** A piece has no fewer rows than these, where its chunk has them: less would save nothing. */
const SMALL = 10_000

/**
 * What the witness looks at of one chunk, null for nothing: all of it where all is asked for, else a piece at a random
 * place in as many chunks as make about `share` of the rows; always one in the first chunk, and in those of a table that
 * is `small`. It is decided chunk by chunk, since it is asked while further ones are still unknown. `random` gives
 * numbers from 0 to 1.
 */
export function witnessPiece(
  chunk: { readonly ordinal: number; readonly rows: number },
  share: number,
  small: boolean,
  random: () => number,
): WitnessPiece | null {
  if (share <= 0) return null
  if (share >= 1) return ALL
  const rows = Math.min(chunk.rows, Math.max(SMALL, Math.ceil(share * chunk.rows)))
  const odds = chunk.ordinal === 0 || small || rows === 0 ? 1 : (share * chunk.rows) / rows
  if (random() >= odds) return null
  const last = chunk.rows - rows
  // Every second piece ends with its chunk: readers fail where a stream ends.
  const skip = random() < 0.5 ? last : Math.floor(random() * (last + 1))
  return skip === last ? { skip, rows: null } : { skip, rows }
}

/** By the plan's estimate, which is the same whenever it is asked. */
export const isSmall = (estimatedRows: number): boolean => estimatedRows <= SMALL

/** A table of which only all rows can be compared is witnessed whole up to here. */
const WHOLE_AT_MOST = 1_000_000

/**
 * Whether a table whose chunks are no ranges in the target is witnessed, all of it, this time. The larger it is the more
 * seldom: of any table no more than about `share` of the rows is read in a run, or a million.
 */
export const isWholeWitnessed = (rows: number, share: number, random: () => number): boolean =>
  share > 0 && random() < Math.max(share, WHOLE_AT_MOST / Math.max(1, rows))
