import type { PublishedState, ReadLabel, RunId, RunState, RunSummary } from './run.js'

/** How a migration's runs went, from its memory. JSON-safe. */
export interface Trend {
  readonly format: 1
  readonly migration: string
  /** Only this one was asked for; null: all. */
  readonly table: string | null
  /** Oldest first; nights that were refused are not among them. */
  readonly runs: readonly TrendRun[]
}

export interface TrendRun {
  readonly run: RunId
  readonly state: RunState
  readonly label: ReadLabel
  readonly published: PublishedState
  readonly started: string
  /** From start to end, of the clock; null: it has not ended. */
  readonly seconds: number | null
  /** Of all its tables. */
  readonly rows: number
  readonly bytes: number
  readonly tables: readonly TrendTable[]
}

export interface TrendTable {
  readonly table: string
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  readonly state: string
}

/** As many runs as charts show. */
export const TREND_RUNS = 60

/** What a trend has of a run; one that no memory has was read where people read it. */
export const trendRun = (
  { run, state, label, published = 'in place', started, ended, rows, bytes }: RunSummary,
  tables: readonly TrendTable[],
): TrendRun => ({
  ...{ run, state, label, published, started },
  seconds: ended === null ? null : Math.max(0, Date.parse(ended) - Date.parse(started)) / 1000,
  ...{ rows, bytes, tables },
})
