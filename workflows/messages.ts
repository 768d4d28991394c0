import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import type { MendFailure } from '../activities/repair-messages.js'
import type { Config } from '../core/config/types.js'
import { QUERIES, SIGNALS, UPDATES } from '../core/names.js'
import type { ProofId, ProofRequest } from '../core/proof.js'
import type { RunId, RunSummary } from '../core/run.js'
import type { MigrationStatus, ProofStatus, RunStatus } from '../core/status.js'

/** What each update carries: who, and until when it may still take effect (milliseconds since 1970). */
export interface Request {
  readonly by: string
  readonly expires: number
}

export interface ApplyRequest extends Request {
  readonly config: Config
}

/** Counts and a reference: the plan itself is read through the read API. */
export interface ApplyAnswer {
  readonly version: number
  readonly planHash: string
  /** False: the config and the plan are those of the applied version, which stays. */
  readonly changed: boolean
  readonly tables: number
  readonly findings: { readonly blocking: number; readonly warning: number; readonly info: number }
  /** Of the InspectionDocument, for the read API. */
  readonly ref: string
}

export interface StartRunRequest extends Request {
  /** Null: the last applied version. */
  readonly version: number | null
}

export interface StartRunAnswer {
  readonly run: RunId
  readonly version: number
  readonly workflowId: string
}

/** Of `verify`: which rows are proved once more, and against what. */
export interface ProveRequest extends Request {
  /** Null: the last one. */
  readonly run: RunId | null
  /** Names, as the source or the target spells them; null: every table. */
  readonly tables: readonly string[] | null
  readonly withSource: boolean
  /** Share of the rows that the witness sees: 0 none, 1 all. */
  readonly witness: number
}

export interface ProveAnswer {
  readonly proof: ProofId
  readonly run: RunId
  readonly workflowId: string
}

/** Refused with an ApplicationFailure of type `Refused` (or of a failure kind); its message says what to do. */
export const apply = defineUpdate<ApplyAnswer, [ApplyRequest]>(UPDATES.apply)
export const startRun = defineUpdate<StartRunAnswer, [StartRunRequest]>(UPDATES.startRun)
export const verify = defineUpdate<ProveAnswer, [ProveRequest]>(UPDATES.verify)
/** Mends what the newest proofs of a run found, and proves it again. */
export const repair = defineUpdate<ProveAnswer, [ProveRequest]>(UPDATES.repair)

export const migrationStatus = defineQuery<MigrationStatus>(QUERIES.status)
/** What the workflow of a proof answers: counts only. */
export const proofStatus = defineQuery<ProofStatus>(QUERIES.status)
export const runStatus = defineQuery<RunStatus>(QUERIES.status)

/** To a table's child: how many chunks it may have in flight from now on. */
export const width = defineSignal<[number]>(SIGNALS.width)

/** From a table's child to its run: the snapshot is lost, and why. */
export const snapshotLost = defineSignal<[string]>(SIGNALS.snapshotLost)

/** From a table's child to its run: all rows of the table (its ordinal) are there. */
export const copied = defineSignal<[number]>(SIGNALS.copied)

export interface MigrationInput {
  readonly migration: string
  /** Whether the namespace has our search attributes. */
  readonly searchAttributes: boolean
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: Omit<MigrationStatus, 'format' | 'migration' | 'applying' | 'running' | 'proving'>
}

/** Of the workflows `verify` and `repair`. */
export interface ProofWorkflowInput {
  readonly ref: RunRef
  readonly request: ProofRequest
  /** Sessions that may be open at a time. */
  readonly lanes: number
  /** ISO 8601, UTC. */
  readonly started: string
}

/** Counts: what was mended is in the ledger. */
export interface RepairResult {
  readonly proof: ProofId
  readonly tables: number
  readonly deleted: number
  readonly inserted: number
  /** Indexes, constraints and counters. */
  readonly schema: number
  /** Of tables that could not be mended. */
  readonly failures: readonly MendFailure[]
  /** Of the proof behind it. */
  readonly unclean: number
  readonly differences: number
  /** How the run stands since. Absent where nobody told. */
  readonly run?: RunSummary
}

export interface InspectionInput {
  readonly what: 'check' | 'plan'
  readonly config: Config
}

export interface InspectionAnswer {
  readonly ref: string
  readonly blocking: number
}
