/** SHA-256 of a line, as the digest of the table takes it: 32 bytes. Core has no crypto of its own. */
export type LineHash = (line: Uint8Array) => Uint8Array

/**
 * Which bytes of a line's hash decide what: different ones, so that lines of one bucket spread over all cells, those of
 * one cell over all lots. The last four bytes are the bucket's.
 */
export const HASH_AT = { sums: 0, cell: 16, lot: 20, bucket: 28 } as const

/** Four bytes of a hash as a number, big-endian. */
export function wordAt(hash: Uint8Array, at: number): number {
  const [a, b, c, d] = [hash[at] as number, hash[at + 1] as number, hash[at + 2] as number, hash[at + 3] as number]
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}
