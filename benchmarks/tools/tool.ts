import type { BenchCase } from '../cases/case.js'
import type { Peaks } from '../process-memory.js'
import type { Source } from '../source.js'
import type { Target } from '../target.js'

/** What one measured run gave. */
export interface Measured {
  /** Seconds by the name they are listed under: one for most tools, two for nightferry (whole run, clone phase). */
  readonly seconds: Readonly<Record<string, number>>
  readonly peaks: Peaks
  /** Bytes of canonical COPY text, where the tool knows them. */
  readonly bytes: number | null
  /** Where the time went, for whoever watches; not judged. */
  readonly note?: string
}

export interface Job {
  readonly bench: BenchCase
  readonly source: Source
  readonly target: Target
  /** Canonical COPY text of the whole table; empty for cases without peers. */
  readonly readyFile: string
  /** A folder for this run's files. */
  readonly folder: string
}

export interface Tool {
  readonly name: string
  /** The names of its rows in the list. */
  readonly rows: readonly string[]
  /** What it reads and writes has our types, so that its table can be compared byte for byte. */
  readonly comparable: boolean
  run(job: Job): Promise<Measured>
}
