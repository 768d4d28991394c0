const NEWLINE = 0x0a

/**
 * Cuts blocks of canonical COPY text into lines; a newline within a value is escaped there. Holds one block and the
 * line that is under way. A line is a view of its block: who keeps it, keeps a copy.
 */
export class LineReader {
  readonly #blocks: AsyncIterator<Uint8Array>
  #block: Uint8Array = new Uint8Array(0)
  #at = 0
  /** The line that began in earlier blocks. */
  #begun: Uint8Array[] = []

  constructor(blocks: AsyncIterable<Uint8Array>) {
    this.#blocks = blocks[Symbol.asyncIterator]()
  }

  /** The next line without its newline; null behind the last one. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const line = this.take()
      if (line !== null) return line
      const { value, done } = await this.#blocks.next()
      if (done === true) {
        if (this.#begun.length > 0) throw new Error('the last line did not end')
        return null
      }
      this.#block = value
      this.#at = 0
    }
  }

  /** Ends the stream early; safe at any moment. */
  async close(): Promise<void> {
    await this.#blocks.return?.()
  }

  /** The next line where it is here already, without a wait for each of a million; null: ask `next`. */
  take(): Uint8Array | null {
    const end = this.#block.indexOf(NEWLINE, this.#at)
    const rest = this.#block.subarray(this.#at, end === -1 ? undefined : end)
    if (end === -1) {
      if (rest.length > 0) this.#begun.push(rest)
      this.#at = this.#block.length
      return null
    }
    this.#at = end + 1
    if (this.#begun.length === 0) return rest
    const line = joined([...this.#begun, rest])
    this.#begun = []
    return line
  }
}

/** Shows each line, as a view of its block. */
export async function eachLine(blocks: AsyncIterable<Uint8Array>, see: (line: Uint8Array) => void): Promise<void> {
  const reader = new LineReader(blocks)
  try {
    for (let line = await reader.next(); line !== null; line = reader.take() ?? (await reader.next())) see(line)
  } finally {
    await reader.close()
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** As the C locale orders: byte by byte, a beginning before what goes on. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
