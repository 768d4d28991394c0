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

const NEWLINE = Buffer.from('\n')
const MOST_IDS = 5000
const MOST_BYTES = 1 << 20

/** Gathers rows that go and rows that come, and hands them to the repair in batches. */
export class Exchange {
  readonly #repair: TableRepair
  #ids: string[] = []
  #lines: Uint8Array[] = []
  #bytes = 0
  rows = 0

  constructor(repair: TableRepair) {
    this.#repair = repair
  }

  async take({ source, rowIds, times }: RowDifference): Promise<void> {
    this.rows++
    for (const id of rowIds) this.#ids.push(id)
    for (let n = 0; source !== null && n < times; n++) {
      this.#lines.push(source, NEWLINE)
      this.#bytes += source.length + 1
    }
    if (this.#ids.length >= MOST_IDS || this.#bytes >= MOST_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#ids.length > 0) await this.#repair.deleteRows(this.#ids)
    if (this.#lines.length > 0) await this.#repair.insertRows(Buffer.concat(this.#lines))
    this.#ids = []
    this.#lines = []
    this.#bytes = 0
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
    for (let at = block.indexOf(0x0a); at !== -1; at = block.indexOf(0x0a, at + 1)) this.#rows++
  }

  line(line: Uint8Array, times: number): void {
    for (let n = 0; n < times; n++) {
      this.write(line)
      this.write(NEWLINE)
    }
  }

  digest(): Digest {
    return { rows: this.#rows, bytes: this.#bytes, value: this.#digester.value() }
  }
}
