import { bucketsOf } from '../digest-sum.js'

/** SHA-256 of a line, as the digest of the table takes it: 32 bytes. Core has no crypto of its own. */
export type LineHash = (line: Uint8Array) => Uint8Array

/** Rows of the buckets that differ, held as hashes at a time: about 10 MB each side. */
const MOST_ROWS = 100_000
/** Canonical bytes of rows that may have to be held at a time, if all of them should differ. */
const MOST_BYTES = 64 * 2 ** 20

export interface DifferingBuckets {
  /** By bucket. */
  readonly differs: readonly boolean[]
  /** Rows in them on both sides. */
  readonly rows: number
  /**
   * In how many goes they are looked at, so that memory stays bounded: rows of one key are always of one go, whatever
   * their buckets.
   */
  readonly goes: number
}

/** Which buckets of two digests are not the same; null where all are. */
export function differingBuckets(
  source: { readonly value: string; readonly rows: number; readonly bytes: number },
  target: { readonly value: string; readonly rows: number; readonly bytes: number },
  mostRows = MOST_ROWS,
): DifferingBuckets | null {
  const [ours, theirs] = [bucketsOf(source.value), bucketsOf(target.value)]
  if (ours.length !== theirs.length) throw new RangeError('digests of other buckets')
  let rows = 0
  const differs = ours.map(({ count, sum }, i) => {
    const other = theirs[i] as (typeof theirs)[number]
    if (count === other.count && sum === other.sum) return false
    rows += Number(count + other.count)
    return true
  })
  if (!differs.includes(true)) return null
  const bytesPerRow = (source.bytes + target.bytes) / Math.max(1, source.rows + target.rows)
  return { differs, rows, goes: Math.max(1, Math.ceil(rows / mostRows), Math.ceil((rows * bytesPerRow) / MOST_BYTES)) }
}

/** Which bucket a line's hash falls into: its last four bytes, big-endian, modulo the number of buckets. */
export function bucketOfHash(hash: Uint8Array, buckets: number): number {
  const at = hash.length - 4
  const [a, b, c, d] = [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]] as [number, number, number, number]
  return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % buckets
}

/** FNV-1a over the key's fields, or over the whole line where there is no key: which go a row belongs to. */
export function goOf(fields: readonly Uint8Array[], goes: number): number {
  if (goes === 1) return 0
  let hash = 0x811c9dc5
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) hash = Math.imul(hash ^ (field[i] as number), 0x01000193)
    hash = Math.imul(hash ^ 0x09, 0x01000193)
  }
  // The lowest bits of FNV are its worst.
  return ((hash ^ (hash >>> 15)) >>> 0) % goes
}
