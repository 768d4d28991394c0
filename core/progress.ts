import type { RunProgress, TableProgress } from './report.js'

interface Sample {
  readonly at: number
  readonly rows: number
  /** Share of the copying that is done, by estimated bytes: 0 to 1. */
  readonly share: number
  readonly tableRows: ReadonlyMap<string, number>
}

export interface Rates {
  /** Rows per second over the last seconds; null before there are two looks. */
  readonly rows: number | null
  readonly byTable: ReadonlyMap<string, number>
  /** Seconds until everything is copied, at the speed of now; null where it cannot be told. */
  readonly left: number | null
}

const WINDOW_MS = 10_000

/** Speed over the last ten seconds: chunks commit in steps, so a shorter window would jump. */
export class RateMeter {
  #samples: Sample[] = []

  /** Takes a look at `now` (milliseconds). */
  add(progress: RunProgress, now: number): Rates {
    const sample = {
      at: now,
      rows: progress.tables.reduce((sum, t) => sum + t.rows, 0),
      share: copiedShare(progress.tables),
      tableRows: new Map(progress.tables.map((t) => [t.table, t.rows])),
    }
    this.#samples = [...this.#samples.filter((s) => now - s.at <= WINDOW_MS), sample]
    const first = this.#samples[0]
    if (first === undefined || first === sample) return { rows: null, byTable: new Map(), left: null }
    return ratesBetween(first, sample)
  }
}

function ratesBetween(first: Sample, last: Sample): Rates {
  const seconds = Math.max(0.001, (last.at - first.at) / 1000)
  const byTable = new Map<string, number>()
  for (const [table, rows] of last.tableRows)
    byTable.set(table, perSecond(rows - (first.tableRows.get(table) ?? 0), seconds))
  const speed = (last.share - first.share) / seconds
  return {
    rows: perSecond(last.rows - first.rows, seconds),
    byTable,
    left: speed > 0 && last.share < 1 ? (1 - last.share) / speed : null,
  }
}

// A chunk that was rolled back takes its rows out of the numbers again.
const perSecond = (rows: number, seconds: number): number => Math.max(0, rows) / seconds

/**
 * Estimated bytes weigh the tables; rows say how far each is. The source's bytes and the canonical bytes that
 * progress counts are not the same measure, so they are never divided by each other.
 */
export function copiedShare(tables: readonly TableProgress[]): number {
  let done = 0
  let total = 0
  for (const t of tables) {
    const weight = Math.max(1, t.estimatedBytes)
    total += weight
    done += weight * shareOf(t)
  }
  return total === 0 ? 1 : done / total
}

export function shareOf(t: TableProgress): number {
  switch (t.state) {
    case 'copied':
    case 'indexed':
    case 'done':
    case 'stopped':
    case 'skipped':
      return 1
    case 'waiting':
      return 0
    case 'copying':
      // An estimate may be too low: a table that is still being copied is never quite done.
      return Math.min(0.99, t.rows / Math.max(1, t.estimatedRows))
  }
}

/** What was counted replaces the estimate as soon as a table is copied. */
export const expectedRows = (t: TableProgress): number =>
  t.state === 'waiting' || t.state === 'copying' ? Math.max(t.rows, t.estimatedRows) : t.rows

/** How much of a table's work is behind it once it is in a state; what is left is indexes, and its proof. */
const BEHIND = { copied: 0.7, indexed: 0.85, done: 1, stopped: 1, skipped: 1 } as const

/** Share of a run's work that is done, 0 to 1: copying weighs most, each table by its estimated bytes. */
export function shareOfRun(tables: readonly TableProgress[]): number {
  const weightOf = (t: TableProgress): number => Math.max(1, t.estimatedBytes)
  const total = tables.reduce((sum, t) => sum + weightOf(t), 0)
  const done = tables.reduce((sum, t) => sum + weightOf(t) * shareOfWork(t), 0)
  return total === 0 ? 0 : done / total
}

const shareOfWork = (t: TableProgress): number =>
  t.state === 'waiting' || t.state === 'copying' ? shareOf(t) * BEHIND.copied : BEHIND[t.state]
