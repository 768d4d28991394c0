import type { JoinRequest } from './alongside.js'
import type { SourceCatalog } from './catalog.js'
import type { Finding } from './finding.js'
import type { ApplicationFacts, BackupFacts, DatabaseFacts, ServerFacts, SourceFacts } from './fitness/facts.js'
import type { GenerationsPort } from './generation.js'
import type { HookCall, HookResult } from './hooks.js'
import type { Key, KeyRange } from './key-range.js'
import type { ChunkClaim, LedgerPort } from './ledger.js'
import type { MemoryPort } from './memory.js'
import type { Plan, PlannedTable, ProfileAnswer, ProfileQuestion } from './plan/types.js'
import type { Digest, ProofRequest } from './proof.js'
import type { RunId } from './run.js'
import type { ConsistencyConfig } from './config/types.js'
import type { OpenedSnapshot, SnapshotRequest, SnapshotState } from './snapshot.js'

/** Every port throws `Failure` (core/failure.ts) and nothing else on purpose. All of them honour the signal within a second. */

export interface Ports {
  /** Resolves a connection's name in the worker's environment; the same object for the same name. */
  source(connection: string): Promise<SourcePort>
  /** `database` null: the one of the connection's URL. Never connects before it is used. */
  target(connection: string, database: string | null): Promise<TargetPort>
  /** The migration's rows of the memory that lies in this database of the target's server; null: as of `target`. */
  memory(connection: string, database: string | null, migration: string): Promise<MemoryPort>
  /** What runs of the migration build aside and publish as this database; null: as of `target`. Holds no session. */
  generations(connection: string, database: string | null, migration: string): Promise<GenerationsPort>
}

// ---------------------------------------------------------------- source

export interface SourcePort extends SourceFitness {
  /** Can it work? Privileges, version, character sets, emptiness. Connection errors are Failures. */
  check(
    tables: { include: readonly string[]; exclude: readonly string[] },
    read?: ConsistencyConfig['read'],
  ): Promise<Finding[]>
  /** A text that is the same for the same server and database, whatever the URL (to refuse source = target). */
  identify(): Promise<{ server: string; database: string; product: string; version: string }>
  catalog(signal?: AbortSignal): Promise<SourceCatalog>
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
  /** The range's rows as a condition of the source's own SQL, for evidence that people check by hand. */
  rangeSql(table: PlannedTable, range: KeyRange): string
  /** The key of the n-th row (from 0) of the range, as a person reads it (`id=17`, `row 12 of a table without a key`). */
  nameRow(table: PlannedTable, range: KeyRange, n: number): Promise<string>
  /** Digest of a range's rows by SQL in the server, from expressions that share no code with `copy`. */
  witness(table: PlannedTable, range: KeyRange, options: SourceReading): Promise<WitnessSum>
  /**
   * Opens reading sessions of one moment, which this process then holds under the run's id; what it held under that id
   * is closed. Throws `source-privilege` with the GRANT to give where the account may take no lock, `source-conflict`
   * where none was granted in time. Nobody keeps it for 30 s: it closes by itself.
   */
  openSnapshot(request: SnapshotRequest, signal: AbortSignal): Promise<OpenedSnapshot>
  /**
   * Opens sessions of a moment whose lock another process holds, which this process then keeps as one that it opened.
   * How many; 0 where it came to nothing.
   */
  joinSnapshot(request: JoinRequest): Promise<number>
  /**
   * To be called every second while it is held: lets go of tables that are `read`, and of those that others wait to alter.
   * `unlock`: writers get the tables that no snapshot covers, read or not; for good.
   */
  keepSnapshot(run: RunId, read: readonly string[], unlock?: boolean): Promise<SnapshotState>
  /** Repeatable; nothing where it is not held. */
  closeSnapshot(run: RunId): Promise<void>
  /**
   * Whether nobody can write there: the database, or the server where that is no replica. Null: the server takes no writes,
   * and the account may not see whether it is a replica.
   */
  readOnly(signal: AbortSignal): Promise<boolean | null>
  /** The counter that the source would hand out next, digits, read now (cached statistics switched off). */
  nextIdentity(table: PlannedTable): Promise<string | null>
  close(): Promise<void>
}

/** What the target is compared with. */
export interface SourceFitness {
  /** What an account may not see is null; throws where the server cannot be asked at all. */
  facts(signal: AbortSignal): Promise<SourceFacts>
}

export interface SourceReading {
  readonly signal: AbortSignal
  /** Reads in the sessions of this run's snapshot, which this process holds; throws `snapshot-lost` where it does not. */
  readonly snapshot?: RunId
}

/** Order-independent: how many rows, and the sum of their hashes, as the servers computed it. Both sides' texts are equal where the rows are. */
export interface WitnessSum {
  readonly rows: number
  readonly sum: string
}

export interface CopyOptions extends SourceReading {
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

export interface TargetPort extends TargetFitness {
  readonly ledger: LedgerPort
  /** Can it work? Login, version, PgBouncer, privileges, whose the tables are, what depends on ours. `database` may not exist yet. */
  /** `server`: only of what the server is, since nothing of this database is touched. */
  check(migration: string, schema: string, what?: 'server'): Promise<Finding[]>
  identify(): Promise<{ server: string; database: string; product: string; version: string }>
  /** What the planner may use: PostGIS and pgvector, if they are installed or can be. */
  features(): Promise<TargetFeatures>
  /** Creates the database where it does not exist. True when it did. Repeatable. */
  ensureDatabase(): Promise<boolean>
  /**
   * Drops exactly the tables and types that we made in earlier runs, never with CASCADE, and makes the plan's bare tables
   * and types that are missing; `only`: of these ordinals, and no other. Repeatable.
   */
  buildSchema(plan: Plan, run: RunId, signal?: AbortSignal, only?: ReadonlySet<number>): Promise<void>
  /** Opens a transaction and a COPY for one chunk. The signal ends the opening; what was opened ends by `abandon`. */
  load(plan: Plan, table: PlannedTable, claim: ChunkClaim, signal?: AbortSignal): Promise<ChunkLoad>
  /** Each makes one thing, or finds it already made (repeatable), and records its seconds in the ledger. */
  buildPrimaryKey(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  buildIndex(plan: Plan, table: PlannedTable, index: number, signal: AbortSignal): Promise<void>
  /** Checks (of sets) and comments are made here too. NOT VALID. */
  addForeignKeys(plan: Plan, table: PlannedTable, signal?: AbortSignal): Promise<void>
  /** Validates; throws `constraint-violated` whose private part names up to ten orphans by key. The constraint stays NOT VALID. */
  validateForeignKeys(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  /** Sets the identity counter to the larger of `next` and the largest value + 1. Never backwards. */
  setIdentity(plan: Plan, table: PlannedTable, next: string): Promise<void>
  /** VACUUM (FREEZE, ANALYZE). */
  vacuum(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void>
  count(plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<number>
  /** Streams a part's rows back as canonical COPY text: rows of a key range in the key's order, of pages in any order. */
  read(plan: Plan, table: PlannedTable, part: TargetPart, sink: RowSink, options: ReadOptions): Promise<RowCounts>
  /** A key range as a condition of the target's SQL, for tables whose key both sides order alike. */
  rangeSql(table: PlannedTable, range: KeyRange): string
  /** Pages of the table now, for parts of pages. */
  pages(plan: Plan, table: PlannedTable): Promise<number>
  witness(plan: Plan, table: PlannedTable, range: KeyRange, signal: AbortSignal): Promise<WitnessSum>
  /** What of the plan the target has otherwise: tables, columns, keys, indexes (valid), foreign keys (validated), counters, comments. */
  compareSchema(plan: Plan): Promise<SchemaDifference[]>
  /** Opens the transaction in which one table is mended: locked against writers, triggers and foreign key actions off. */
  repair(plan: Plan, table: PlannedTable, request: ProofRequest, signal: AbortSignal): Promise<TableRepair>
  close(): Promise<void>
}

/** What is read for the target's fitness: nothing is changed. Throws where the server cannot be asked at all. */
export interface TargetFitness {
  /** Of the whole server; what an account may not see is null. */
  serverFacts(signal: AbortSignal): Promise<ServerFacts>
  /** Of this database. */
  databaseFacts(signal: AbortSignal): Promise<DatabaseFacts>
  /**
   * What this connection's own role finds in a session of its own: to be asked of the application's connection. `tables`
   * as the target spells them.
   */
  applicationFacts(schema: string, tables: readonly string[], signal: AbortSignal): Promise<ApplicationFacts>
}

export type TargetPart =
  | { readonly by: 'key'; readonly range: KeyRange }
  | { readonly by: 'pages'; readonly from: number; readonly to: number | null }

export interface RowCounts {
  readonly rows: number
  /** Canonical bytes (without row ids). */
  readonly bytes: number
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Each line begins with the row's id in the target (its ctid) and a tab. */
  readonly rowIds?: boolean
}

/** One thing that is not as the plan says. */
export interface SchemaDifference {
  /** `table orders`, `column orders.state`, `index orders.idx_customer`, `foreign key ...`. */
  readonly subject: string
  readonly table: string | null
  /** What the plan says, and what the target has; null: nothing. */
  readonly planned: string | null
  readonly found: string | null
  /** Whether `repair` can mend it: an invalid index, a constraint that is not validated, a counter behind. */
  readonly mendable: boolean
}

/**
 * One transaction, which holds off writers of its table until it ends. What is to go and to come is kept aside in it and
 * takes effect in `commit`: all deletes before all inserts, over all parts, with triggers and foreign key actions off.
 */
export interface TableRepair {
  /** What an earlier attempt of the same proof committed: there is nothing left to do but `abandon`. */
  readonly done: Mended | null
  /** As `TargetPort.read`; sees the table as it was when writers were locked out. */
  read(part: TargetPart, sink: RowSink, options: ReadOptions): Promise<RowCounts>
  /** Row ids, as lines of `read` begin with. */
  deleteRows(ids: readonly string[]): Promise<void>
  /** Whole canonical COPY lines. */
  insertRows(lines: Uint8Array): Promise<void>
  /**
   * Writes the chunks' new S0 (and which worker took it) and the proof's mark into the ledger and commits with the rows.
   * Uniqueness and checks hold behind it; a foreign key that does not is left NOT VALID, for `validateForeignKeys` once
   * all tables are mended.
   */
  commit(digests: readonly { readonly ordinal: number; readonly digest: Digest }[], worker?: string): Promise<Mended>
  /** Rolls everything back that was not committed; safe at any moment, also twice. */
  abandon(): Promise<void>
}

/** What a repair did to one table: a changed row was deleted and inserted. */
export interface Mended {
  readonly deleted: number
  readonly inserted: number
  readonly chunks: number
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
  commit(read: CopyCounts, digest?: Digest | null): Promise<{ kept: boolean }>
  /** Rolls everything back; safe at any moment, also twice. */
  abandon(reason: string): Promise<void>
}

// ---------------------------------------------------------------- the worker's own

/** Runs what a config names, with the files, addresses and secrets that this worker has under these names. */
export interface HookRunner extends RestoreTester {
  /**
   * At least once: a worker that dies meanwhile has it run again, under the same key. What goes wrong with the hook is a
   * result that is not `ok`; throws the signal's reason alone, once nothing of the hook runs any more.
   */
  run(call: HookCall, signal: AbortSignal): Promise<HookResult>
  /** The bytes that a command prints, at most a minute; null where it fails or prints something else. */
  freeSpace(command: readonly string[], signal: AbortSignal): Promise<number | null>
  /** A text that a config names, where SQL of hooks is looked for; throws `hook-failed`. */
  readFile(file: string): Promise<string>
}

/** Runs what proves that a backup can be restored. */
export interface RestoreTester {
  /** At most an hour; exit 0 is `ok`. Throws the signal's reason alone, once nothing of it runs any more. */
  restoreTest(command: readonly string[], signal: AbortSignal): Promise<HookResult>
}

/** Tools for backups that are on this worker's machine. */
export interface BackupTools {
  /** What they know of the server with this system identifier; null: there is no such tool here. Never throws. */
  backups(systemIdentifier: string, signal: AbortSignal): Promise<readonly BackupFacts[] | null>
}
