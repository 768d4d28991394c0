import { bucketsOf } from '../digest-sum.js'
import type { DifferingCells } from './cells.js'
import { HASH_AT, wordAt } from './hash-words.js'

export interface DifferingBuckets {
  /** By bucket. */
  readonly differs: readonly boolean[]
  /** Rows in them, on the side that has more. */
  readonly rows: number
  /** Of the lines of those buckets only these are looked at; null: all. */
  readonly cells: DifferingCells | null
}

/** Which buckets of two digests are not the same; null where all are. */
export function differingBuckets(
  source: { readonly value: string },
  target: { readonly value: string },
  cells: DifferingCells | null,
): DifferingBuckets | null {
  const [ours, theirs] = [bucketsOf(source.value), bucketsOf(target.value)]
  if (ours.length !== theirs.length) throw new RangeError('digests of other buckets')
  let rows = 0
  const differs = ours.map(({ count, sum }, i) => {
    const other = theirs[i] as (typeof theirs)[number]
    if (count === other.count && sum === other.sum) return false
    rows += Number(count > other.count ? count : other.count)
    return true
  })
  return differs.includes(true) ? { differs, rows, cells } : null
}

/** Whether a line with this hash lies where the two sides differ. */
export const isSuspect = ({ differs, cells }: DifferingBuckets, hash: Uint8Array): boolean =>
  differs[bucketOfHash(hash, differs.length)] === true && (cells === null || cells.has(hash))

/** Which bucket a line's hash falls into: its last four bytes, big-endian, modulo the number of buckets. */
export const bucketOfHash = (hash: Uint8Array, buckets: number): number => wordAt(hash, HASH_AT.bucket) % buckets
