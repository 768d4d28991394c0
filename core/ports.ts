import type { SourceCatalog } from './catalog.js'
import type { Config } from './config/types.js'
import type { FailureRecord } from './failure.js'
import type { Finding } from './finding.js'
import type { Key, KeyRange } from './key-range.js'
import type { Plan, PlannedTable, ProfileAnswer, ProfileQuestion } from './plan/types.js'
import type { RunProgress, RunReport } from './report.js'
import type { ReadLabel, RunId, RunPhase, RunState, RunSummary, TableState } from './run.js'

/** Every port throws `Failure` (core/failure.ts) and nothing else on purpose. All of them honour the signal within a second. */

export interface Ports {
  /** Resolves a connection's name in the worker's environment; the same object for the same name. */
  source(connection: string): Promise<SourcePort>
  /** `database` null: the one of the connection's URL. Never connects before it is used. */
  target(connection: string, database: string | null): Promise<TargetPort>
}

// ---------------------------------------------------------------- source

export interface SourcePort {
  /** Can it work? Privileges, version, character sets, emptiness. Connection errors are Failures. */
  check(tables: { include: readonly string[]; exclude: readonly string[] }): Promise<Finding[]>
  /** A text that is the same for the same server and database, whatever the URL (to refuse source = target). */
  identify(): Promise<{ server: string; database: string; product: string; version: string }>
  catalog(): Promise<SourceCatalog>
  /** One pass over each table that is asked about. */
  profile(questions: readonly ProfileQuestion[], signal: AbortSignal): Promise<ProfileAnswer[]>
  /**
   * The next boundaries of a table in its key's order, `rowsPerChunk` rows apart, strictly after `after`.
   * `last` when the rest of the table needs no further boundary. A table without a key: none, last.
   */
  boundaries(
    table: PlannedTable,
    request: { after: Key | null; rowsPerChunk: number; atMost: number },
    signal: AbortSignal,
  ): Promise<{ boundaries: Key[]; last: boolean }>
  /** Streams a range's rows as canonical COPY text, in the key's order where there is one. */
  copy(table: PlannedTable, range: KeyRange, sink: RowSink, options: CopyOptions): Promise<CopyCounts>
  /** The key of the n-th row (from 0) of the range, as a person reads it (`id=17`, `row 12 of a table without a key`). */
  nameRow(table: PlannedTable, range: KeyRange, n: number): Promise<string>
  /** The counter that the source would hand out next, digits, read now (cached statistics switched off). */
  nextIdentity(table: PlannedTable): Promise<string | null>
  close(): Promise<void>
}

export interface CopyOptions {
  readonly signal: AbortSignal
  /** Called at most every 200 ms with the totals so far. */
  readonly onProgress?: (rows: number, bytes: number) => void
}

export interface CopyCounts {
  readonly rows: number
  /** Canonical bytes written to the sink. */
  readonly bytes: number
  /** Values changed because a cast said so, by source column. */
  readonly zeroDates: Readonly<Record<string, number>>
}

/** Where canonical COPY text goes, in order. A block may end within a line. */
export interface RowSink {
  /** Takes the block over: the caller never touches it again. False: await `drained()` before the next write. */
  write(block: Uint8Array): boolean
  /** Rejects when the sink has failed. */
  drained(): Promise<void>
  /** Rejects as soon as the sink fails, never resolves: lets a reader stop at once. */
  readonly failed: Promise<never>
}

// ---------------------------------------------------------------- target

export interface TargetPort {
  readonly ledger: LedgerPort
  /** Can it work? Login, version, PgBouncer, privileges, whose the tables are, what depends on ours. `database` may not exist yet. */
  check(migration: string, schema: string): Promise<Finding[]>
  identify(): Promise<{ server: string; database: string; product: string; version: string }>
  /** What the planner may use: PostGIS and pgvector, if they are installed or can be. */
  features(): Promise<TargetFeatures>
  /** Creates the database where it does not exist. True when it did. Repeatable. */
  ensureDatabase(): Promise<boolean>
  /** Drops exactly the tables and types that we made in earlier runs, never with CASCADE, and makes the plan's bare tables and types. Repeatable. */
  buildSchema(plan: Plan, run: RunId): Promise<void>
  /** Opens a transaction and a COPY for one chunk. The signal ends the opening; what was opened ends by `abandon`. */
  load(plan: Plan, table: PlannedTable, claim: ChunkClaim, signal?: AbortSignal): Promise<ChunkLoad>
  /** Each makes one thing, or finds it already made (repeatable), and records its seconds in the ledger. */
  buildPrimaryKey(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  buildIndex(plan: Plan, table: PlannedTable, index: number, signal: AbortSignal): Promise<void>
  /** Checks (of sets) and comments are made here too. NOT VALID. */
  addForeignKeys(plan: Plan, table: PlannedTable): Promise<void>
  /** Validates; throws `constraint-violated` whose private part names up to ten orphans by key. The constraint stays NOT VALID. */
  validateForeignKeys(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  /** Sets the identity counter to the larger of `next` and the largest value + 1. Never backwards. */
  setIdentity(plan: Plan, table: PlannedTable, next: string): Promise<void>
  /** VACUUM (FREEZE, ANALYZE). */
  vacuum(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  count(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<number>
  close(): Promise<void>
}

export interface TargetFeatures {
  readonly postgis: boolean
  readonly pgvector: boolean
}

export interface ChunkLoad {
  readonly sink: RowSink
  /**
   * Ends the COPY, writes the ledger row under the claim's epoch and commits, all in one transaction.
   * `done`: another attempt was first, nothing of this one is kept. Throws `rows-lost` where rows read and loaded differ.
   */
  commit(read: CopyCounts): Promise<{ kept: boolean }>
  /** Rolls everything back; safe at any moment, also twice. */
  abandon(reason: string): Promise<void>
}

// ---------------------------------------------------------------- ledger (schema `nightferry` in the target)

export interface ChunkClaim {
  readonly run: RunId
  readonly table: number
  readonly ordinal: number
  readonly epoch: number
  readonly range: KeyRange
}

export type ClaimResult =
  | { readonly state: 'claimed'; readonly claim: ChunkClaim }
  | { readonly state: 'done'; readonly rows: number; readonly bytes: number }

export interface LedgerPort {
  /** Makes schema `nightferry` and the mark, or migrates them. Refuses (`refused`) a mark of another migration or of newer code. Repeatable. */
  open(migration: string): Promise<void>
  /** Repeatable for the same number and hash; `refused` for the same number with another hash. */
  saveVersion(version: StoredVersion): Promise<void>
  version(number: number): Promise<StoredVersion>
  latestVersion(): Promise<StoredVersion | null>

  /** Registers run and tables (state waiting, bundle number or null). Repeatable. */
  openRun(run: RunRecord): Promise<void>
  /** Enters a phase: closes the one before and starts its clock. Repeatable. */
  enterPhase(run: RunId, phase: RunPhase): Promise<void>
  closeRun(run: RunId, state: RunState, reason: string | null): Promise<RunSummary>

  /** Appends chunks of these ranges; ordinals go on from the last. Repeatable: `first` is the ordinal of the first range. */
  addChunks(run: RunId, table: number, first: number, ranges: readonly KeyRange[]): Promise<void>
  /** Chunks known so far, the last one's `to`, and what done chunks measured (for adaptive sizes). */
  chunkStats(run: RunId, table: number): Promise<ChunkStats>
  /** Takes the chunk under a new epoch, or says that it is done. Commits before it returns. */
  claim(run: RunId, table: number, ordinal: number, worker: string): Promise<ClaimResult>
  /** Claims many one-chunk tables in one statement (bundles). Order as asked. */
  claimAll(run: RunId, tables: readonly number[], worker: string): Promise<ClaimResult[]>
  /** Rows and bytes so far of a chunk that is under way; lossy, outside every transaction. */
  chunkProgress(claim: ChunkClaim, rows: number, bytes: number): Promise<void>

  tablesOfBundle(run: RunId, bundle: number): Promise<number[]>
  setTable(run: RunId, table: number, change: TableChange): Promise<void>
  setTables(run: RunId, tables: readonly number[], change: TableChange): Promise<void>
  tableStates(run: RunId): Promise<{ table: number; state: TableState }[]>
  /** Adds to a table's seconds of one step. */
  addSeconds(
    run: RunId,
    table: number,
    step: 'copy' | 'indexes' | 'constraints' | 'vacuum',
    seconds: number,
  ): Promise<void>
  addFailure(run: RunId, table: number, failure: FailureRecord): Promise<void>

  runs(limit: number): Promise<RunSummary[]>
  report(run: RunId): Promise<RunReport>
  progress(run: RunId): Promise<RunProgress>
}

export interface StoredVersion {
  readonly number: number
  readonly config: Config
  readonly plan: Plan
  readonly planHash: string
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
}

export interface RunRecord {
  readonly run: RunId
  readonly version: number
  readonly label: ReadLabel
  /** Bundle number of each table, null for a table with a child workflow of its own. */
  readonly tables: readonly { readonly table: number; readonly bundle: number | null }[]
}

export interface TableChange {
  readonly state?: TableState
  readonly doing?: string | null
  readonly rowsCounted?: number
}

export interface ChunkStats {
  readonly chunks: number
  /** True once the last range (`to` null) is known. */
  readonly complete: boolean
  readonly end: Key | null
  readonly doneChunks: number
  readonly doneRows: number
  readonly doneBytes: number
  readonly doneSeconds: number
}
