import type { DifferenceKind } from '../proof.js'

/** One row that is not the same on both sides, as canonical lines without their newline: views, of blocks maybe. */
export interface RowDifference {
  readonly kind: DifferenceKind
  /** The source's line; null where it has no such row. */
  readonly source: Uint8Array | null
  readonly target: Uint8Array | null
  /**
   * Rows of the target that must go, where it was read with row ids: `(0,1)`. Where they are more than may be held, they
   * come later, in batches, as differences of kind `extra`.
   */
  readonly rowIds: readonly string[]
  /** More than 1 only in a table without a key. */
  readonly times: number
}

/**
 * A number that is the same for the same difference, and for two others once in 2^53: what was found in a first look
 * at a live source is known by it in the second. Two runs of FNV-1a over all bytes.
 */
export function fingerprint({ kind, source, target, times }: RowDifference): number {
  let low = 0x811c9dc5 ^ times
  let high = 0xc2b2ae35 ^ kind.length
  for (const line of [source, target]) {
    if (line === null) {
      high = Math.imul(high ^ 0x1ff, 0x01000193)
      continue
    }
    for (let i = 0; i < line.length; i++) {
      const byte = line[i] as number
      low = Math.imul(low ^ byte, 0x01000193)
      high = Math.imul(high ^ byte, 0x85ebca6b)
      high ^= high >>> 15
    }
    low = Math.imul(low ^ 0x10a, 0x01000193)
  }
  return (low >>> 0) * 2 ** 21 + (high >>> 11)
}
