import type { RowDifference } from '../core/compare/row-difference.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { TableRepair } from '../core/ports.js'
import type { Digest, ProofId } from '../core/proof.js'
import type { RunId } from '../core/run.js'
import type { Sides } from './comparing.js'
import { digesterOf } from './digest/digester.js'
import type { Site } from './plans.js'
import type { Attempt } from './step.js'

/** What the repair of one table works with. */
export interface Mending {
  readonly site: Site
  readonly run: RunId
  readonly table: PlannedTable
  /** The proof that found it unequal. */
  readonly basis: ProofId
  readonly repair: TableRepair
  readonly attempt: Pick<Attempt, 'signal' | 'beat'>
}

export interface NewDigest {
  readonly ordinal: number
  readonly digest: Digest
}

/** The source as it is now, and the target within the repair, whose lines begin with their row ids. */
export const sidesOf = ({ site, table, repair, attempt }: Mending): Sides => ({
  table,
  signal: attempt.signal,
  rowIds: true,
  source: (range, sink, signal) => site.source.copy(table, range, sink, { signal }),
  target: (part, sink, options) => repair.read(part, sink, options),
})

const NEWLINE = 0x0a
const MOST_IDS = 5000
const BATCH_BYTES = 1 << 20

/** Gathers rows that go and rows that come, and hands them to the repair in batches. */
export class Exchange {
  readonly #repair: TableRepair
  #ids: string[] = []
  /** Lines are copied into it: one that is kept as it comes would keep its whole block. */
  #batch = Buffer.allocUnsafe(BATCH_BYTES)
  #used = 0
  rows = 0

  constructor(repair: TableRepair) {
    this.#repair = repair
  }

  async take({ source, rowIds, times }: RowDifference): Promise<void> {
    this.rows++
    for (const id of rowIds) this.#ids.push(id)
    if (this.#ids.length >= MOST_IDS) await this.#flushIds()
    for (let n = 0; source !== null && n < times; n++) await this.#insert(source)
  }

  async flush(): Promise<void> {
    await this.#flushIds()
    await this.#flushLines()
  }

  async #insert(line: Uint8Array): Promise<void> {
    if (this.#used + line.length >= this.#batch.length) await this.#flushLines()
    if (line.length >= this.#batch.length) this.#batch = Buffer.allocUnsafe(line.length + 1)
    this.#batch.set(line, this.#used)
    this.#batch[this.#used + line.length] = NEWLINE
    this.#used += line.length + 1
  }

  async #flushIds(): Promise<void> {
    if (this.#ids.length > 0) await this.#repair.deleteRows(this.#ids)
    this.#ids = []
  }

  async #flushLines(): Promise<void> {
    if (this.#used === 0) return
    await this.#repair.insertRows(this.#batch.subarray(0, this.#used))
    // The driver may hold on to the one before.
    this.#batch = Buffer.allocUnsafe(BATCH_BYTES)
    this.#used = 0
  }
}

/** A digest of blocks or lines, with its rows and bytes. */
export class Counting {
  readonly #digester
  #rows = 0
  #bytes = 0

  constructor(table: PlannedTable) {
    this.#digester = digesterOf(digestForm(table))
  }

  write = (block: Uint8Array): void => {
    this.#digester.write(block)
    this.#bytes += block.length
    for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) this.#rows++
  }

  line(line: Uint8Array, times: number): void {
    this.#digester.lines(line, times)
    this.#rows += times
    this.#bytes += (line.length + 1) * times
  }

  digest(): Digest {
    return { rows: this.#rows, bytes: this.#bytes, value: this.#digester.value() }
  }
}
