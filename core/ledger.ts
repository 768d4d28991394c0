import type { CallState, Joined, JoinState, ReaderCall } from './alongside.js'
import type { AuditEntry } from './audit.js'
import type { Config } from './config/types.js'
import type { EvidenceRows } from './evidence.js'
import type { FailureRecord } from './failure.js'
import type { Key, KeyRange } from './key-range.js'
import type { Plan } from './plan/types.js'
import type { WitnessSum } from './ports.js'
import type {
  CopiedChunk,
  Difference,
  DifferenceKind,
  KeyLeft,
  ProofId,
  ProofPart,
  ProofReport,
  ProofRequest,
  Side,
  SourceWitness,
  Verdict,
} from './proof.js'
import type { RunProgress, RunReport } from './report.js'
import type { Reading } from './snapshot.js'
import type { ReadLabel, RunId, RunPhase, RunState, RunSummary, TableState } from './run.js'

/** The ledger: schema `nightferry` in the target database. Every method throws `Failure` and nothing else on purpose. */

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
  /** Oldest first, the last `most`; none where there is no ledger. */
  versions(most: number): Promise<AppliedVersion[]>
  /** Whose ledger it is, and what of the tool's is there; null: none. */
  inventory(): Promise<LedgerInventory | null>
  /** Removes the ledger, and nothing else: what others put into its schema stays, and the schema with it. Repeatable. */
  remove(migration: string): Promise<void>

  /** Registers run and tables (state waiting, bundle number or null). Repeatable. */
  openRun(run: RunRecord): Promise<void>
  /** Enters a phase: closes the one before and starts its clock. Repeatable. */
  enterPhase(run: RunId, phase: RunPhase): Promise<void>
  /** Writes down of which moment the run's rows are; the latest counts. */
  setReading(run: RunId, reading: Reading): Promise<void>
  /** Calls other processes to a snapshot (core/alongside.ts); an older call of the run is over. */
  callReaders(run: RunId, call: string, leader: string): Promise<void>
  moveCall(run: RunId, call: string, state: CallState, sessions: number): Promise<void>
  joinedTo(run: RunId, call: string): Promise<Joined[]>
  readerCall(run: RunId): Promise<ReaderCall | null>
  /** False: the call is over, or the time to begin is. */
  joinCall(run: RunId, call: string, queue: string, state: JoinState): Promise<boolean>
  /** From now on the run is best-effort, for this reason; the first one stays. Nothing where it is already. */
  loseSnapshot(run: RunId, reason: string): Promise<void>
  /** These tables, in the source's spelling, were locked against writers and are no more: they are labelled instead. Repeatable. */
  labelTables(run: RunId, tables: readonly string[]): Promise<void>
  /**
   * What tells a table from another one of the same name and form (made anew, renamed into its place). The first one told
   * is kept; returns the tables that are another one by now.
   */
  tablesMade(run: RunId, made: readonly { readonly table: number; readonly made: string }[]): Promise<number[]>
  /** Forgets what was copied, and counts it as read again: no attempt that is under way can complete a chunk any more. */
  restartRun(run: RunId): Promise<void>
  closeRun(run: RunId, state: RunState, reason: string | null): Promise<RunSummary>

  /** A run that ended is under way again; returns how often it was taken up before. Repeatable. */
  reopenRun(run: RunId): Promise<number>
  /**
   * Lets these tables of a reopened run be worked on once more: what they failed of and what was proved of them goes, and
   * of those that begin again their chunks, so that no late attempt completes one. Throws `target-conflict` where another
   * attempt has taken the run up since `reopenRun`.
   */
  resetTables(run: RunId, reset: TablesReset): Promise<void>
  /**
   * Sets a stopped table aside; of a run that has ended also one that was not finished. Returns how the run stands since,
   * null while it is under way. Repeatable; `refused` where the table is not one to set aside.
   */
  skipTable(run: RunId, table: number, by: string, why: string): Promise<RunSummary | null>
  /** Tables of ours that are in the target, by name, and the run that made each; '': it is to be made anew. */
  madeInTarget(): Promise<{ readonly name: string; readonly run: RunId }[]>

  /** Who asked for what. Repeatable: the same entry stands there once. */
  audit(entry: AuditEntry): Promise<void>
  /** Newest first. */
  auditTrail(most: number): Promise<AuditEntry[]>

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

  /** Registers a proof and the tables (ordinals) that it is about. Repeatable. */
  openProof(request: ProofRequest, tables: readonly number[]): Promise<void>
  /** Null: not known. */
  proof(proof: ProofId): Promise<ProofRequest | null>
  /** Chunks of a table as they were copied, in their order, from `first` on. */
  copiedChunks(run: RunId, table: number, first: number, atMost: number): Promise<CopiedChunk[]>
  /** Ordinals of the parts that were read already: an attempt after a crash reads the others. */
  provedOrdinals(proof: ProofId, table: number, side: Side): Promise<number[]>
  /** Digests of parts in their order, from `first` on. */
  proofParts(proof: ProofId, table: number, side: Side, first: number, atMost: number): Promise<ProofPart[]>
  /** Repeatable: the first digest of a part stays. */
  addProofPart(proof: ProofId, table: number, part: ProofPart, seconds: number, worker: string): Promise<void>
  /** How the target's pages of a table in buckets are cut; the first answer stays. */
  cutPages(
    proof: ProofId,
    table: number,
    pages: number,
    pagesPerPart: number,
  ): Promise<{ parts: number; pagesPerPart: number }>
  /** In one transaction, batch by batch as they are found: differences of this part that were there go. Repeatable. */
  setDifferences(
    proof: ProofId,
    table: number,
    part: number,
    batches: AsyncIterable<readonly Difference[]> | Iterable<readonly Difference[]>,
  ): Promise<void>
  /** What SQL in the source says of a range of a chunk in the snapshot that it was copied in: `CopiedChunk.witness`. */
  noteWitness(run: RunId, table: number, ordinal: number, witness: SourceWitness): Promise<void>
  addWitness(proof: ProofId, table: number, range: WitnessRange): Promise<void>
  /** Ranges that the witness has looked at, in their order: an attempt after a crash leaves them out. */
  witnessed(proof: ProofId, table: number): Promise<{ ordinal: number; agrees: boolean | null }[]>
  /** Repeatable; counts the table's differences. */
  setVerdict(
    proof: ProofId,
    table: number,
    verdict: Verdict,
    rows: { source: number | null; target: number | null },
  ): Promise<void>
  /** Verdict of the table in the run's load proof, or in a repair's since; null where there is none. */
  loadVerdict(run: RunId, table: number): Promise<Verdict | null>
  /** A table that its load proof stopped is `done`: a repair has mended it, and this proof of it is clean. Repeatable. */
  endMended(run: RunId, proof: ProofId, table: number): Promise<void>
  /** Foreign keys of people that this proof's repair left NOT VALID, and that still are. */
  keysLeftBy(proof: ProofId): Promise<KeyLeft[]>
  /** Ends it with the worst verdict of its tables. Repeatable. */
  closeProof(proof: ProofId): Promise<void>
  /** Newest first; the run's load proof is the last. */
  proofsOf(run: RunId): Promise<ProofReport[]>
  /** Null: not known. */
  proofReport(proof: ProofId): Promise<ProofReport | null>
  /** Pages of differences, in the order of tables and parts; `after` is the id of the last one had. */
  differences(
    proof: ProofId,
    after: string | null,
    atMost: number,
  ): Promise<{ id: string; table: string; difference: Difference }[]>

  /** All that was written down about one table of a run, and of its proofs. */
  evidenceRows(run: RunId, table: number): Promise<EvidenceRows>

  /** How many rows of each kind a proof named, by table. */
  differenceKinds(proof: ProofId): Promise<{ table: string; kind: DifferenceKind; rows: number }[]>

  runs(limit: number): Promise<RunSummary[]>
  /** Throws `refused` where there is no such run. */
  summary(run: RunId): Promise<RunSummary>
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

/** A version without its plan, which may be megabytes. */
export interface AppliedVersion extends Omit<StoredVersion, 'plan'> {
  readonly tables: number
}

/** What the tool made in the target database. */
export interface LedgerInventory {
  readonly migration: string
  /** Of schema `nightferry`: tables of ours, among them what a killed repair left; their size, and what they hold. */
  readonly tables: number
  readonly bytes: number
  readonly versions: number
  readonly runs: number
  readonly leftovers: readonly string[]
  /** What somebody else put into that schema. */
  readonly strangers: readonly string[]
  /** Tables and types that runs made: people use them. */
  readonly kept: { readonly tables: readonly string[]; readonly types: readonly string[] }
}

export interface RunRecord {
  readonly run: RunId
  readonly version: number
  readonly label: ReadLabel
  /** Bundle number of each table, null for a table with a child workflow of its own. */
  readonly tables: readonly { readonly table: number; readonly bundle: number | null }[]
}

export interface TablesReset {
  /** Under which the run goes on. */
  readonly version: number
  /** As `reopenRun` said. */
  readonly passes: number
  readonly tables: readonly number[]
  /** Those that begin again from their first row, and what is made of them in the target. */
  readonly again: readonly number[]
  readonly objects: { readonly schema: string; readonly names: readonly string[] }
  /** Those that read any row of the source: they are of no moment of the run's. */
  readonly reading: readonly number[]
}

/** What the witness saw of one range on both sides. */
export interface WitnessRange {
  readonly ordinal: number
  readonly range: KeyRange
  readonly source: WitnessSum
  readonly target: WitnessSum
  /** Null: does not count, since the source changed meanwhile. */
  readonly agrees: boolean | null
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
