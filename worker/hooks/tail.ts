/** The last bytes of what somebody prints, however much it is. */
export class Tail {
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(readonly most: number) {}

  add(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk))
    this.#bytes += chunk.length
    for (let first = this.#chunks[0]; first && this.#bytes - first.length >= this.most; first = this.#chunks[0]) {
      this.#chunks.shift()
      this.#bytes -= first.length
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.most).toString('utf8')
  }
}
