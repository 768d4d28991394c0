import { identityFields, type Identity } from './identity.js'
import type { LineStore, Words } from './line-store.js'
import { sameBytes } from './lines.js'
import { keyHash } from './lots.js'

/** Numbers of lines. */
export interface Pair {
  readonly missing: number | null
  readonly extra: number | null
}

/** Pairs lines that are missing with lines that are extra under the same key; each line stands in one pair. */
export function* pairsByKey(
  identity: Identity | null,
  lines: LineStore,
  missing: Words,
  extra: Words,
): Generator<Pair> {
  const waiting = identity === null ? null : new Waiting(identity, lines, extra)
  const taken = new Uint8Array(lines.length)
  for (let i = 0; i < missing.length; i++) {
    const other = waiting?.take(missing.get(i)) ?? null
    if (other !== null) taken[other] = 1
    yield { missing: missing.get(i), extra: other }
  }
  for (let i = 0; i < extra.length; i++) if (taken[extra.get(i)] === 0) yield { missing: null, extra: extra.get(i) }
}

/** Lines by their key, in chains: 8 bytes a line, where a Map of keys takes hundreds. */
class Waiting {
  readonly #identity: Identity
  readonly #lines: LineStore
  /** Numbers and one; 0 ends a chain. */
  readonly #heads: Uint32Array
  readonly #next: Uint32Array

  constructor(identity: Identity, lines: LineStore, waiting: Words) {
    this.#identity = identity
    this.#lines = lines
    this.#heads = new Uint32Array(waiting.length + 1)
    this.#next = new Uint32Array(lines.length)
    // From the last, so that the first one of a key is the first to be taken.
    for (let i = waiting.length - 1; i >= 0; i--) {
      const number = waiting.get(i)
      const head = this.#headOf(this.#keyOf(number))
      this.#next[number] = this.#heads[head] as number
      this.#heads[head] = number + 1
    }
  }

  /** A line with the same key as this one, which does not wait any longer. */
  take(number: number): number | null {
    const key = this.#keyOf(number)
    const head = this.#headOf(key)
    let before = -1
    for (let at = this.#heads[head] as number; at !== 0; at = this.#next[before] as number) {
      const found = at - 1
      if (this.#keyOf(found).every((field, i) => sameBytes(field, key[i] as Uint8Array))) {
        if (before === -1) this.#heads[head] = this.#next[found] as number
        else this.#next[before] = this.#next[found] as number
        return found
      }
      before = found
    }
    return null
  }

  #keyOf(number: number): Uint8Array[] {
    return identityFields(this.#identity, this.#lines.get(number))
  }

  #headOf(key: readonly Uint8Array[]): number {
    return Math.floor((keyHash(key) / 2 ** 32) * this.#heads.length)
  }
}
