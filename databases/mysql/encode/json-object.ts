import type { Scratch } from './scratch.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c

interface Entry {
  /** Where `"key": value` begins and ends in the scratch. */
  readonly from: number
  to: number
  /** The key's own bytes, between its quotes; decoded if it has escapes. */
  keyFrom: number
  keyTo: number
  decoded: Buffer | null
}

/** One object being written. Its entries are put into jsonb's order when it closes, if they are not in it already. */
export class JsonObject {
  readonly #from: number
  readonly #entries: Entry[] = []
  #ordered = true

  constructor(private readonly scratch: Scratch) {
    scratch.byte(0x7b)
    this.#from = scratch.length
  }

  beginKey(): void {
    const from = this.scratch.length
    // The entry before ended before `, `.
    this.#endEntry(from - 2)
    this.#entries.push({ from, to: -1, keyFrom: from + 1, keyTo: -1, decoded: null })
  }

  endKey(): void {
    const { bytes, length } = this.scratch
    const entry = this.#entries.at(-1) as Entry
    entry.keyTo = length - 1
    if (bytes.subarray(entry.keyFrom, entry.keyTo).includes(BACKSLASH)) entry.decoded = this.#decode(entry)
    const before = this.#entries.at(-2)
    if (before !== undefined && this.#compare(before, entry) >= 0) this.#ordered = false
  }

  close(): void {
    this.#endEntry(this.scratch.length)
    if (!this.#ordered) this.#reorder()
    this.scratch.byte(0x7d)
  }

  #endEntry(at: number): void {
    const last = this.#entries.at(-1)
    if (last !== undefined && last.to < 0) last.to = at
  }

  #reorder(): void {
    const { scratch } = this
    // A stable sort: of equal keys the last one stays last, and wins.
    const sorted = [...this.#entries].sort((a, b) => this.#compare(a, b))
    const kept = sorted.filter((entry, i) => {
      const next = sorted[i + 1]
      return next === undefined || this.#compare(entry, next) !== 0
    })
    const old = Buffer.from(scratch.bytes.subarray(this.#from, scratch.length))
    scratch.length = this.#from
    for (const [i, { from, to }] of kept.entries()) {
      if (i > 0) scratch.ascii(', ')
      scratch.copy(old, from - this.#from, to - this.#from)
    }
  }

  /** By length in bytes, then byte by byte. */
  #compare(a: Entry, b: Entry): number {
    const aBytes = a.decoded ?? this.scratch.bytes.subarray(a.keyFrom, a.keyTo)
    const bBytes = b.decoded ?? this.scratch.bytes.subarray(b.keyFrom, b.keyTo)
    return aBytes.length - bBytes.length || Buffer.compare(aBytes, bBytes)
  }

  #decode(entry: Entry): Buffer {
    const text = this.scratch.bytes.toString('utf8', entry.keyFrom, entry.keyTo)
    return Buffer.from(JSON.parse(`${String.fromCharCode(QUOTE)}${text}${String.fromCharCode(QUOTE)}`) as string)
  }
}
