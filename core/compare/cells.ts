import { HASH_AT, wordAt } from './hash-words.js'

export type SideOfRow = 'source' | 'target'

const FEWEST = 2 ** 10
const MOST = 2 ** 20
/** Two sums of 32 bits beside the count: what a digest of 128 bits found unequal is only looked for here. */
const SUMS = 2

/**
 * A finer grid over the lines of both sides than a digest's buckets: of each cell how many lines, and which sum of their
 * hashes, the source has more than the target. 12 MB at most, in any order of lines; where a cell comes to nothing, its
 * lines need no second look.
 */
export class Cells {
  readonly #mask: number
  readonly #counts: Int32Array
  readonly #sums: Uint32Array

  constructor(rows: number) {
    const cells = Math.min(MOST, Math.max(FEWEST, 2 ** Math.ceil(Math.log2(4 * Math.max(1, rows)))))
    this.#mask = cells - 1
    this.#counts = new Int32Array(cells)
    this.#sums = new Uint32Array(cells * SUMS)
  }

  /** Sums wrap at 2^32 by themselves. */
  add(side: SideOfRow, hash: Uint8Array): void {
    const sign = side === 'source' ? 1 : -1
    const cell = wordAt(hash, HASH_AT.cell) & this.#mask
    this.#counts[cell] = (this.#counts[cell] as number) + sign
    for (let i = 0; i < SUMS; i++) {
      const at = cell * SUMS + i
      this.#sums[at] = (this.#sums[at] as number) + sign * wordAt(hash, HASH_AT.sums + 4 * i)
    }
  }

  differing(): DifferingCells {
    const bits = new Uint8Array(Math.ceil((this.#mask + 1) / 8))
    let count = 0
    for (let cell = 0; cell <= this.#mask; cell++) {
      if (this.#counts[cell] === 0 && this.#sums[cell * SUMS] === 0 && this.#sums[cell * SUMS + 1] === 0) continue
      bits[cell >> 3] = (bits[cell >> 3] as number) | (1 << (cell & 7))
      count++
    }
    return { count, has: (hash) => hasBit(bits, wordAt(hash, HASH_AT.cell) & this.#mask) }
  }
}

export interface DifferingCells {
  readonly count: number
  /** Whether a line with this hash lies in one of them. */
  has(hash: Uint8Array): boolean
}

const hasBit = (bits: Uint8Array, at: number): boolean => ((bits[at >> 3] as number) & (1 << (at & 7))) !== 0
