import { HASH_AT, wordAt } from './hash-words.js'

/** Of a line: three words of its hash, its lot, its length, and how often it is more in the source. */
const WORDS = 6
const [LOT, LENGTH, COUNT] = [3, 4, 5] as const

/**
 * Lines by their hash, each with how often it is there more in the source than in the target, in one array of 24 bytes a
 * place (a Map of strings takes 120): open addressing, a third of the places more than lines. A line whose count is 0 is
 * gone.
 */
export class Tally {
  readonly places: number
  readonly #most: number
  readonly #words: Uint32Array
  #size = 0

  /** For so many lines at most. The memory is taken as lines come. */
  constructor(most: number) {
    this.#most = most
    this.places = Math.ceil((most * 4) / 3) + 1
    this.#words = new Uint32Array(this.places * WORDS)
  }

  get size(): number {
    return this.#size
  }

  /** False, and nothing is added, where the line is new and there is no room for it. */
  add(hash: Uint8Array, lot: number, length: number, by: number): boolean {
    const place = this.#placeOf(hash, lot, length)
    const count = this.countAt(place)
    if (count === 0) {
      if (this.#size === this.#most) return false
      this.#size++
      const at = place * WORDS
      for (let i = 0; i < LOT; i++) this.#words[at + i] = wordAt(hash, HASH_AT.sums + 4 * i)
      this.#words[at + LOT] = lot
      this.#words[at + LENGTH] = length
    }
    if (count + by === 0) this.#remove(place)
    else this.#words[place * WORDS + COUNT] = count + by
    return true
  }

  /** The line's place; -1 where it is not there. */
  find(hash: Uint8Array, lot: number, length: number): number {
    const place = this.#placeOf(hash, lot, length)
    return this.countAt(place) === 0 ? -1 : place
  }

  /** 0: no line is there. */
  countAt(place: number): number {
    return (this.#words[place * WORDS + COUNT] as number) | 0
  }

  /** Shows each line once. */
  each(see: (lot: number, length: number, count: number) => void): void {
    for (let place = 0; place < this.places; place++) {
      const count = this.countAt(place)
      if (count === 0) continue
      see(this.#words[place * WORDS + LOT] as number, this.#words[place * WORDS + LENGTH] as number, count)
    }
  }

  /** Throws out the lines of other lots. */
  keep(isWanted: (lot: number) => boolean): void {
    for (let place = 0; place < this.places; place++)
      // Another line may have moved here.
      while (this.countAt(place) !== 0 && !isWanted(this.#words[place * WORDS + LOT] as number)) this.#remove(place)
  }

  clear(): void {
    this.#words.fill(0)
    this.#size = 0
  }

  /** Where the line is, or would be. There always is a free place. */
  #placeOf(hash: Uint8Array, lot: number, length: number): number {
    const words = this.#words
    const first = wordAt(hash, HASH_AT.sums)
    const second = wordAt(hash, HASH_AT.sums + 4)
    const third = wordAt(hash, HASH_AT.sums + 8)
    for (let place = this.#home(first); ; place = this.#next(place)) {
      const at = place * WORDS
      if (words[at + COUNT] === 0) return place
      if (words[at] !== first || words[at + 1] !== second || words[at + 2] !== third) continue
      if (words[at + LOT] === lot && words[at + LENGTH] === length) return place
    }
  }

  /** Lines that stand behind only because the place was taken move up: a search ends at the first free place. */
  #remove(place: number): void {
    let free = place
    for (let at = this.#next(place); this.countAt(at) !== 0; at = this.#next(at)) {
      const home = this.#home(this.#words[at * WORDS] as number)
      if (this.#steps(home, at) < this.#steps(free, at)) continue
      this.#words.copyWithin(free * WORDS, at * WORDS, (at + 1) * WORDS)
      free = at
    }
    this.#words[free * WORDS + COUNT] = 0
    this.#size--
  }

  #home(firstWord: number): number {
    return Math.floor((firstWord / 2 ** 32) * this.places)
  }

  #next(place: number): number {
    return place + 1 === this.places ? 0 : place + 1
  }

  #steps(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.places
  }
}
