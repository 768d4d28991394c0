import type { PlannedTable } from '../../core/plan/types.js'

const LONGEST = 60

/** How a person finds a row again: `id=17, day=2024-02-29`, from the row's own key columns. */
export class RowName {
  /** Index of each key column among the table's columns. */
  readonly #keys: readonly { readonly name: string; readonly index: number }[]
  readonly #values = new Map<number, string>()

  constructor(private readonly table: PlannedTable) {
    const names = table.key?.columns.map((c) => c.column) ?? []
    this.#keys = names.map((name) => ({ name, index: table.columns.findIndex((c) => c.source === name) }))
  }

  /** Null where there is no key, or not all of it is known. */
  get text(): string | null {
    if (this.#keys.length === 0 || this.#keys.some((k) => !this.#values.has(k.index))) return null
    return this.#keys.map((k) => `${k.name}=${this.#values.get(k.index)}`).join(', ')
  }

  clear(): void {
    this.#values.clear()
  }

  /** Reads the key's values from a whole row packet. */
  take(bytes: Buffer, from: number): void {
    this.clear()
    let at = from
    for (const index of this.table.columns.keys()) {
      const first = bytes[at++] as number
      if (first === 0xfb) continue
      const width = first === 0xfc ? 2 : first === 0xfd ? 3 : first === 0xfe ? 6 : 0
      const size = width === 0 ? first : bytes.readUIntLE(at, width)
      at += first === 0xfe ? 8 : width
      this.keep(index, bytes.subarray(at, at + size))
      at += size
    }
  }

  keep(index: number, value: Buffer): void {
    if (this.#keys.some((k) => k.index === index)) this.#values.set(index, printable(value))
  }
}

/** Text where it is text, else its bytes. */
function printable(value: Buffer): string {
  const cut = value.subarray(0, LONGEST)
  const text = cut.toString('utf8')
  // Control characters or what was not UTF-8.
  const shown = /[\p{Cc}\uFFFD]/u.test(text) ? `0x${cut.toString('hex')}` : text
  return value.length > LONGEST ? `${shown}...` : shown
}
