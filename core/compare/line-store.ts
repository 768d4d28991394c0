const PAGE_BYTES = 1 << 20

/** Numbers below 2^32 in an array that grows: a quarter of what a list of them takes. */
export class Words {
  #words = new Uint32Array(1024)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(word: number): void {
    if (this.#length === this.#words.length) {
      const longer = new Uint32Array(this.#words.length * 2)
      longer.set(this.#words)
      this.#words = longer
    }
    this.#words[this.#length++] = word
  }

  get(at: number): number {
    return this.#words[at] as number
  }

  set(at: number, word: number): void {
    this.#words[at] = word
  }
}

/** What a line takes beside its bytes, with what whoever counts lines keeps of each. */
export const BYTES_BESIDE = 48

/** Many lines in few arrays: each as an array of its own would take several times its bytes. */
export class LineStore {
  #page = new Uint8Array(0)
  #used = 0
  readonly #pages: Uint8Array[] = []
  readonly #pageOf = new Words()
  readonly #starts = new Words()
  readonly #lengths = new Words()

  get length(): number {
    return this.#lengths.length
  }

  /** Keeps a copy, and returns its number. */
  add(line: Uint8Array): number {
    if (this.#pages.length === 0 || this.#used + line.length > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, line.length))
      this.#pages.push(this.#page)
      this.#used = 0
    }
    this.#page.set(line, this.#used)
    this.#pageOf.push(this.#pages.length - 1)
    this.#starts.push(this.#used)
    this.#lengths.push(line.length)
    this.#used += line.length
    return this.length - 1
  }

  /** A view. */
  get(number: number): Uint8Array {
    const start = this.#starts.get(number)
    return (this.#pages[this.#pageOf.get(number)] as Uint8Array).subarray(start, start + this.#lengths.get(number))
  }
}
