import { isSuspect } from './buckets.js'
import type { SideOfRow } from './cells.js'
import { cutRowId, fieldText } from './fields.js'
import { LineStore, Words } from './line-store.js'
import { eachLine, LineReader } from './lines.js'
import { isOf, lotOf } from './lots.js'
import { pairsByKey } from './pairs.js'
import type { RowDifference } from './row-difference.js'
import type { Part, Surplus } from './surplus.js'

/** Row ids that are handed over at a time. */
const BATCH_IDS = 5000

/**
 * The second look: the lines that the first found, read again. Only what is there as often too many or too few as before
 * is a difference: on a live source the others have moved on.
 */
export class Confirmed {
  readonly #surplus: Surplus
  readonly #part: Part
  readonly #lines = new LineStore()
  /** By place in the tally: the line's number and one; 0 where it was not seen yet. */
  readonly #numbers: Uint32Array
  /** By number: how often more in the source, in the first look and in this one. */
  readonly #before = new Words()
  readonly #counts = new Words()
  readonly #rowIds = new Map<number, string[]>()

  constructor(surplus: Surplus, part: Part) {
    this.#surplus = surplus
    this.#part = part
    this.#numbers = new Uint32Array(surplus.tally.places)
  }

  /** `rowIds`: lines begin with their row ids, and the differences are to carry them. */
  async see(side: SideOfRow, blocks: AsyncIterable<Uint8Array>, { rowIds }: { rowIds: boolean }): Promise<void> {
    const one = side === 'source' ? 1 : -1
    await eachLine(blocks, (whole) => {
      const { id, line } = rowIds ? cutRowId(whole) : { id: null, line: whole }
      const number = this.#numberOf(line, true)
      if (number === -1) return
      this.#counts.set(number, this.#countOf(number) + one)
      if (id !== null) this.#keep(number, id)
    })
  }

  #keep(number: number, id: Uint8Array): void {
    const tooMany = -(this.#before.get(number) | 0)
    if (tooMany <= 0) return
    const ids = this.#rowIds.get(number)
    if (ids === undefined) this.#rowIds.set(number, [fieldText(id)])
    else if (ids.length < tooMany) ids.push(fieldText(id))
  }

  /** -1: a line that the first look had nothing to say about. */
  #numberOf(line: Uint8Array, add: boolean): number {
    const { selection, tally } = this.#surplus
    const hash = selection.hash(line)
    if (!isSuspect(selection.buckets, hash)) return -1
    const lot = lotOf(selection.identity, line, hash)
    const place = isOf(this.#part.lots, lot) ? tally.find(hash, lot, line.length) : -1
    if (place === -1) return -1
    const known = this.#numbers[place] as number
    if (known > 0 || !add) return known - 1
    this.#before.push(tally.countAt(place))
    this.#counts.push(0)
    return (this.#numbers[place] = this.#lines.add(line) + 1) - 1
  }

  #countOf(number: number): number {
    return this.#counts.get(number) | 0
  }

  #isConfirmed(number: number): boolean {
    return this.#counts.get(number) === this.#before.get(number)
  }

  /** A row that is missing and one that is extra under the same key are one that changed. */
  *differences(): Generator<RowDifference> {
    const { identity } = this.#surplus.selection
    const [missing, extra] = [new Words(), new Words()]
    for (let number = 0; number < this.#lines.length; number++)
      if (this.#isConfirmed(number)) (this.#countOf(number) > 0 ? missing : extra).push(number)
    for (const pair of pairsByKey(identity, this.#lines, missing, extra))
      yield this.#differenceOf(pair.missing, pair.extra)
  }

  #differenceOf(missing: number | null, extra: number | null): RowDifference {
    const tooMany = extra === null ? 0 : -this.#countOf(extra)
    return {
      kind: extra === null ? 'missing' : missing === null ? 'extra' : 'changed',
      source: missing === null ? null : this.#lines.get(missing),
      target: extra === null ? null : this.#lines.get(extra),
      rowIds: extra === null ? [] : (this.#rowIds.get(extra) ?? []),
      times: missing === null ? tooMany : this.#countOf(missing),
    }
  }

  /**
   * The rows that the target has too many, from one more look at it, whose lines begin with their row ids: where there are
   * more ids than may be held. Nobody may write to the target meanwhile.
   */
  async *rowsTooMany(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<RowDifference> {
    const reader = new LineReader(blocks)
    const { due, rows } = this.#due()
    let found = 0
    const batch = new Map<number, string[]>()
    try {
      for (let whole = await reader.next(); whole !== null; whole = reader.take() ?? (await reader.next())) {
        const { id, line } = cutRowId(whole)
        const number = this.#numberOf(line, false)
        if (number === -1 || due.get(number) === 0) continue
        due.set(number, due.get(number) - 1)
        batch
          .set(number, batch.get(number) ?? [])
          .get(number)
          ?.push(fieldText(id))
        if (++found % BATCH_IDS !== 0) continue
        yield* this.#gone(batch)
        batch.clear()
      }
    } finally {
      await reader.close()
    }
    yield* this.#gone(batch)
    if (found !== rows) throw new Error(`${rows} rows of the target were too many, and ${found} are there`)
  }

  /** By number: how many rows the target has too many. */
  #due(): { due: Words; rows: number } {
    const due = new Words()
    let rows = 0
    for (let number = 0; number < this.#lines.length; number++) {
      const tooMany = this.#isConfirmed(number) ? Math.max(0, -this.#countOf(number)) : 0
      due.push(tooMany)
      rows += tooMany
    }
    return { due, rows }
  }

  *#gone(batch: ReadonlyMap<number, string[]>): Generator<RowDifference> {
    for (const [number, rowIds] of batch)
      yield { kind: 'extra', source: null, target: this.#lines.get(number), rowIds, times: rowIds.length }
  }
}
