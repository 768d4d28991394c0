const PAGE_BYTES = 1 << 20

/** Many lines in few arrays: each as an array of its own would take several times its bytes. */
export class LineStore {
  #page = new Uint8Array(0)
  #used = 0
  readonly #pages: Uint8Array[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /** Keeps a copy, and returns its number. */
  add(line: Uint8Array): number {
    if (this.#used + line.length > this.#page.length) {
      this.#page = new Uint8Array(Math.max(PAGE_BYTES, line.length))
      this.#used = 0
    }
    this.#page.set(line, this.#used)
    this.#starts.push(this.#used)
    this.#used += line.length
    this.#ends.push(this.#used)
    return this.#pages.push(this.#page) - 1
  }

  /** A view. */
  get(number: number): Uint8Array {
    return (this.#pages[number] as Uint8Array).subarray(this.#starts[number], this.#ends[number])
  }
}
