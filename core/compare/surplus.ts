import { type DifferingBuckets, isSuspect } from './buckets.js'
import type { SideOfRow } from './cells.js'
import type { LineHash } from './hash-words.js'
import type { Identity } from './identity.js'
import { BYTES_BESIDE } from './line-store.js'
import { eachLine } from './lines.js'
import { halvesOf, isOf, lotOf, type Lots, MOST_BITS } from './lots.js'
import type { Tally } from './tally.js'

/** What decides whether a row is looked at. */
export interface Selection {
  readonly buckets: DifferingBuckets
  readonly identity: Identity | null
  readonly hash: LineHash
}

/** What is held at a time. */
export interface Bounds {
  /** Lines that are counted, 32 bytes each. */
  readonly lines: number
  /** Bytes of lines that differ, with what each takes beside them. */
  readonly bytes: number
  /** Row ids, 100 bytes each. */
  readonly ids: number
}

/** A process that reads on both sides has some 180 MB: with a million lines that all differ it stays below 300. */
export const BOUNDS: Bounds = { lines: 1_000_000, bytes: 24 * 2 ** 20, ids: 50_000 }

/** Lines that are read a second time together. */
export interface Part {
  readonly lots: Lots
  /** Rows that the target has too many. */
  readonly extra: number
}

/** Each part is a look of its own at both sides: more of them than this would not end. */
const MOST_PART_BITS = 16

/**
 * The first look: how often a line is there more in the source than in the target, by its hash. Feed it all of the
 * source and all of the target, in any order; lines that are there equally often leave nothing. Where there are more
 * lines than it may hold, it goes on with half of the lots, and the other half is left for a go of its own.
 */
export class Surplus {
  /** What other goes are to look at, once both sides are read. */
  readonly left: Lots[] = []
  readonly selection: Selection
  readonly tally: Tally
  #lots: Lots

  /** `tally` is cleared, and used until the last look at what this one found. */
  constructor(selection: Selection, lots: Lots, tally: Tally) {
    this.selection = selection
    this.tally = tally
    this.#lots = lots
    tally.clear()
  }

  async see(side: SideOfRow, blocks: AsyncIterable<Uint8Array>): Promise<void> {
    const { buckets, identity, hash } = this.selection
    const one = side === 'source' ? 1 : -1
    await eachLine(blocks, (line) => {
      const whole = hash(line)
      if (!isSuspect(buckets, whole)) return
      const lot = lotOf(identity, line, whole)
      while (isOf(this.#lots, lot) && !this.tally.add(whole, lot, line.length, one)) this.#narrow()
    })
  }

  #narrow(): void {
    const [mine, other] = halvesOf(this.#lots)
    this.#lots = mine
    this.left.push(other)
    this.tally.keep((lot) => isOf(mine, lot))
  }

  /** What was found, in parts of `bytes` and a line at most; none where nothing was. */
  parts(bytes: number): Part[] {
    if (this.tally.size === 0) return []
    let longest = 0
    this.tally.each((_, length) => (longest = Math.max(longest, length)))
    const { bits: own, value } = this.#lots
    const mostBits = Math.min(MOST_PART_BITS, MOST_BITS - own)
    for (let bits = 0; ; bits++) {
      const { held, extra } = this.#perPart(bits)
      if (bits < mostBits && held.some((part) => part > bytes + longest)) continue
      return [...held.keys()]
        .filter((i) => (held[i] as number) > 0)
        .map((i) => ({ lots: { bits: own + bits, value: value + i * 2 ** own }, extra: extra[i] as number }))
    }
  }

  /** Bytes that are to be held, and rows too many, by part. */
  #perPart(bits: number): { held: Float64Array; extra: Float64Array } {
    const [held, extra] = [new Float64Array(2 ** bits), new Float64Array(2 ** bits)]
    this.tally.each((lot, length, count) => {
      const part = (lot >>> this.#lots.bits) & (2 ** bits - 1)
      held[part] = (held[part] as number) + length + BYTES_BESIDE
      if (count < 0) extra[part] = (extra[part] as number) - count
    })
    return { held, extra }
  }
}
