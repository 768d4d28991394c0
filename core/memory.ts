import type { AuditEntry } from './audit.js'
import type { FailureKind } from './failure.js'
import type { Fitness, FitnessCheck, Waiver } from './fitness.js'
import type { AppliedVersion, StoredVersion } from './ledger.js'
import type { News } from './news.js'
import type { RunReport } from './report.js'
import type { PublishedState, RunId, RunSummary } from './run.js'
import type { TrendRun } from './trend.js'

/**
 * What outlives every generation: database `nightferry` on the target's server (`rebuild`), or schema `nightferry` of the
 * target (`in-place`). Every row belongs to a migration. Every method throws `Failure` alone.
 */
export interface MemoryPort {
  /** Makes it where it is not there, or migrates it; refuses (`refused`) that of newer code. Repeatable. */
  open(): Promise<void>
  /** As the ledger's methods of the same names. */
  saveVersion(version: StoredVersion): Promise<void>
  version(number: number): Promise<StoredVersion>
  latestVersion(): Promise<StoredVersion | null>
  versions(most: number): Promise<AppliedVersion[]>
  audit(entry: AuditEntry): Promise<void>
  auditTrail(most: number): Promise<AuditEntry[]>
  /** Repeatable: the latest counts. Where it is published, what was until now `was published`. */
  saveRun(memory: RunMemory): Promise<void>
  run(run: RunId): Promise<RunMemory | null>
  /** Newest first. */
  runs(most: number): Promise<RunSummary[]>
  /** The last run before this one that was begun (not refused), for the news; null: there was none. */
  before(run: RunId): Promise<RunMemory | null>
  /** The last `most` runs of a table, newest first, for trends. */
  tableRuns(table: string, most: number): Promise<(TableMemory & { readonly run: RunId })[]>
  /** The last `most` runs that were begun (not refused), oldest first, with all their tables or with this one alone. */
  trend(most: number, table: string | null): Promise<TrendRun[]>
  /** The target's fitness: the newest is kept, and the newest test of restoring with it. Repeatable. */
  saveFitness(fitness: Fitness): Promise<void>
  /** As it was found, with the waivers of then; null: it was never asked. */
  fitness(): Promise<Fitness | null>
  /** A check has one waiver, the latest; one that expires stays until it is taken back. Both are repeatable. */
  saveWaiver(waiver: Waiver): Promise<void>
  /** `at`: of whoever takes it back. What was given later stays. */
  removeWaiver(check: FitnessCheck, at: string): Promise<void>
  /** By name, also those that have expired. */
  waivers(): Promise<Waiver[]>
  /** What there is of the migration; null: there is no memory. */
  inventory(): Promise<MemoryInventory | null>
  /** Forgets the migration: its rows go, and nothing else. Repeatable; nothing where there is no memory. */
  remove(): Promise<void>
  close(): Promise<void>
}

/** What a memory has of a migration. */
export interface MemoryInventory {
  readonly versions: number
  readonly runs: number
  /** Of the audit trail. */
  readonly entries: number
  /** Other migrations that are remembered in the same place. */
  readonly others: readonly string[]
}

/** Where the memory of what is built aside lies, on the target's server. */
export const MEMORY_DATABASE = 'nightferry'

/** All that is kept of a run once it is over. JSON-safe; values of cells are never in it, keys neither. */
export interface RunMemory {
  readonly format: 1
  readonly migration: string
  readonly summary: RunSummary
  /** The report as it was when the run ended: the generation may be dropped since. Null: the run was refused, or had not begun. */
  readonly report: RunReport | null
  readonly tables: readonly TableMemory[]
  readonly published: PublishedState
  /** Why it was not published, or one line of each hook that failed. */
  readonly notes: readonly string[]
  /** The run that it was compared with; null: there was none, and no news then. */
  readonly since: RunId | null
  readonly news: readonly News[]
}

/** What a report says of a run beside what its ledger has. */
export type Remembered = Pick<RunMemory, 'published' | 'notes' | 'since' | 'news'>

export interface TableMemory {
  readonly table: string
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
  /** Of the whole table, as its load proof said; null: none. */
  readonly digest: string | null
  readonly state: string
  readonly columns: readonly { readonly name: string; readonly source: string; readonly target: string }[]
  readonly indexes: readonly string[]
  /** Digits: what the source's counter would hand out next, and the last value that the target's type holds. */
  readonly counter: { readonly column: string; readonly next: string; readonly end: string } | null
  readonly failures: readonly {
    readonly kind: FailureKind
    readonly column: string | null
    readonly remedy: string
    readonly message: string
  }[]
}
