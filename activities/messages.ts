import type { Config } from '../core/config/types.js'
import type { Around } from './around.js'
import type { Place } from '../core/place.js'
import type { ProofId, ProofRequest, Side } from '../core/proof.js'
import type { ReadLabel, RunId } from '../core/run.js'
import type { VersionSummary } from '../core/status.js'

export type { Around } from './around.js'

/** What workflows and activities tell each other: ids and counts, never keys, rows or plans. */

/** Every step of a run gets this: where the ledger lies, and which plan it holds. */
export interface RunRef {
  readonly migration: string
  readonly run: RunId
  readonly version: number
  readonly target: Place
}

/** What one step works on: a table with a child workflow of its own, or a bundle of small ones. Ordinals. */
export type Part = { readonly table: number } | { readonly bundle: number }

export interface PartInput {
  readonly ref: RunRef
  readonly part: Part
  /** Of this session; absent: no limit. */
  readonly rowsPerSecond?: number
  /** As of chunks. */
  readonly snapshot?: boolean
  /** ISO 8601: no further table is begun then. Absent: all of them are copied. */
  readonly until?: string
}

export interface PreparedRun {
  /** Copying sessions that the run may have open. */
  readonly parallelism: number
  /** Over all sessions, as the config says; absent or 0: no limit. */
  readonly rowsPerSecond?: number
  /** Hours in which rows may be read; absent: all. */
  readonly window?: string
  readonly tables: number
  /** Stopped before they began: their definition is not the plan's any more. */
  readonly stopped: number
  /** Biggest first. */
  readonly big: readonly BigTable[]
  readonly bundles: readonly Bundle[]
  /** Whether any table has foreign keys, checks or comments to add. */
  readonly constraints: boolean
  /** Absent from runs of before there were snapshots: they read best-effort, and open none. */
  readonly reading?: {
    readonly onLost: 'best-effort' | 'restart'
    /** Own queues of the data processes that there are, where more than one could read in a snapshot. Absent: none. */
    readonly readers?: readonly string[]
    /** How long a hold may keep the snapshot. */
    readonly holdMs?: number
  }
}

/** Tables of a run that ended are taken up again, under this version. Ordinals. */
export interface RetryInput {
  readonly ref: RunRef
  readonly tables: readonly number[]
}

export interface PreparedRetry extends PreparedRun {
  /** Tables that are done and stay as they are. */
  readonly done: number
  /** Tables that stay, with foreign keys to those that are taken up: these are validated again. */
  readonly referring: readonly { readonly table: number; readonly name: string }[]
}

/** A step over a whole run. */
export interface RunInput {
  readonly ref: RunRef
  /** Only of these tables; absent: of all. Ordinals. */
  readonly tables?: readonly number[]
}

/** The source's own estimates when the run began: the plan's may be months old. */
export interface Size {
  readonly estimatedRows: number
  readonly estimatedBytes: number
}

export interface BigTable {
  readonly table: number
  /** The source's name, for ids that read. */
  readonly name: string
  readonly size: Size
  readonly indexes: number
  /** Whether it has constraints to validate. */
  readonly validate: boolean
}

export interface Bundle {
  readonly bundle: number
  readonly tables: number
  /** Their ordinals. Absent from runs of before a table's hold held its bundle. */
  readonly of?: readonly number[]
  readonly indexes: number
  readonly validate: boolean
}

export interface TableInput {
  readonly ref: RunRef
  readonly table: number
}

export interface DivideInput extends TableInput {
  readonly size: Size
  /** How many boundaries at most; one call asks the source once. */
  readonly atMost: number
  /** Canonical bytes of a chunk; absent: as the config says. */
  readonly chunkBytes?: number
  /** Of each session: no chunk lasts much longer than a few seconds at that pace. Absent: no limit. */
  readonly rowsPerSecond?: number
}

export interface Divided {
  /** Chunks known by now. */
  readonly chunks: number
  /** No further chunk will come. */
  readonly complete: boolean
}

/** How a run reads, once that is decided. */
export interface OpenedReading {
  readonly label: ReadLabel
  /** The own queue of the process that holds the snapshot; null: there is none. */
  readonly queue: string | null
  /** Own queues of other processes that hold sessions of the same moment. Absent: there are none. */
  readonly others?: readonly string[]
  /** Copying sessions that the run may have open. */
  readonly sessions: number
  /** Tables that are locked against writers until they are read. Absent: 0. */
  readonly locked?: number
  /** Parts with tables that are locked against writers until they are read: these come first. Absent: none. */
  readonly first?: readonly Part[]
  /** Tables stopped since the run was prepared: their definition changed meanwhile. */
  readonly stopped: number
}

export interface OpenInput {
  readonly ref: RunRef
  /** Sessions to open; absent: as the config says. */
  readonly parallelism?: number
  /** How many other processes are asked to open theirs. Absent: none. */
  readonly others?: number
}

export interface LoseInput {
  readonly ref: RunRef
  readonly reason: string
}

export interface ChunksInput extends TableInput {
  /** Of this session; absent: no limit. */
  readonly rowsPerSecond?: number
  /** Reads in the run's snapshot, which this process holds. */
  readonly snapshot?: boolean
  /** Ordinal of the first chunk, and how many follow one another from there. */
  readonly first: number
  readonly count: number
}

export interface CopiedChunks extends Copied {
  /** Of work in this attempt, all chunks together. */
  readonly seconds: number
}

/** Rows and canonical bytes. */
export interface Copied {
  readonly rows: number
  readonly bytes: number
}

export interface IndexInput extends TableInput {
  /** Position in the plan's list of the table's indexes. */
  readonly index: number
}

/** Of a bundle. */
export interface CopiedBundle extends Copied, Stopped {
  /** It was time to stop, and tables are left. */
  readonly left?: true
}

/** How many tables of a part stopped in this step, in this attempt or an earlier one. */
export interface Stopped {
  readonly stopped: number
}

/** A failure that the step itself could not write down: its process died, or it took too long. */
export interface ParkInput extends PartInput {
  readonly message: string
}

export interface ProofInput {
  readonly ref: RunRef
  readonly proof: ProofId
}

export interface ProofBegin {
  readonly ref: RunRef
  /** Null: the run's own proof of its load, of all tables and with the witness that the config asks for. */
  readonly request: ProofRequest | null
  /** Of a load: only of these tables, the others are proved; absent: of all. Ordinals. */
  readonly tables?: readonly number[]
}

/** What a proof has to do. */
export interface PlannedProof {
  /** Tables that are read in pieces, several at a time, biggest first; the others are read when they are judged. */
  readonly pieces: readonly ProofPieces[]
  readonly parts: readonly ProofPartName[]
}

/** Parts 0 to `parts` - 1 of one side of one table, `perPiece` of them in a step. */
export interface ProofPieces {
  readonly table: number
  readonly name: string
  readonly side: Side
  readonly parts: number
  readonly perPiece: number
}

export interface ProofPartName {
  readonly part: Part
  readonly name: string
  readonly tables: number
  /** Of a bundle: ordinals of its tables; absent as there. */
  readonly of?: readonly number[]
}

export interface ProofPartsInput extends ProofInput {
  readonly table: number
  readonly side: Side
  readonly first: number
  readonly count: number
}

export interface JudgeInput extends ProofInput {
  readonly part: Part
}

export interface Judged extends Stopped {
  /** Tables whose verdict is not clean. */
  readonly unclean: number
  readonly differences: number
}

export interface CloseInput {
  readonly ref: RunRef
  /** Why the run ends early; null when it went through. */
  readonly reason: string | null
}

export interface ApplyInput {
  readonly config: Config
  readonly by: string
  /** ISO 8601, of the update: the same in each attempt. */
  readonly at: string
  /** The largest number that the entity knows; 0 before the first. */
  readonly lastNumber: number
  /** What people read until now. Absent: nothing yet, or an older release asks. */
  readonly home?: Place
}

export interface Applied {
  readonly version: VersionSummary
  /** False: config and plan are those of the applied version, which stays. */
  readonly changed: boolean
  readonly findings: { readonly blocking: number; readonly warning: number; readonly info: number }
  /** Of the InspectionDocument, for the read API. */
  readonly ref: string
  /** What people read, and how it is built. Absent: an older release said so; the config's target, in place. */
  readonly home?: Place
  readonly around?: Around
}

export interface InspectInput {
  readonly what: 'check' | 'plan'
  readonly config: Config
}

export interface Inspected {
  readonly ref: string
  readonly blocking: number
}

export interface AbandonInput {
  readonly ref: RunRef
  readonly reason: string
}
