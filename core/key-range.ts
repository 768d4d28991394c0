/**
 * The tuple that orders rows, one text per key column, in the form the source adapter wrote it and alone reads it
 * (it survives JSON and any character set: digits, or hexadecimal bytes).
 */
export type Key = readonly string[]

/** `from <= key < to`; null is open. Ranges of a table cover every possible key. */
export interface KeyRange {
  readonly from: Key | null
  readonly to: Key | null
}

export const WHOLE: KeyRange = { from: null, to: null }

/** The ranges that n boundaries make: n + 1 of them, both ends open. */
export function rangesBetween(from: Key | null, boundaries: readonly Key[], last: boolean): KeyRange[] {
  const starts = [from, ...boundaries]
  const ranges = starts.map((start, i) => ({ from: start, to: boundaries[i] ?? null }))
  return last ? ranges : ranges.slice(0, -1)
}
