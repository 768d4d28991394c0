import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Adopted } from '../activities/adopting.js'
import type { Around, RunRef } from '../activities/messages.js'
import type { MendFailure } from '../activities/repair-messages.js'
import type { AuditEntry } from '../core/audit.js'
import type { Config } from '../core/config/types.js'
import type { Waiver } from '../core/fitness.js'
import type { Hold } from '../core/hold.js'
import type { Knobs } from '../core/knobs.js'
import { QUERIES, SIGNALS, UPDATES } from '../core/names.js'
import type { Place } from '../core/place.js'
import type { ProofId, ProofRequest } from '../core/proof.js'
import type { RunId, RunSummary } from '../core/run.js'
import type { Scheduled, WantedSchedule } from '../core/schedule.js'
import type { MigrationStatus, ProofStatus, RunStatus } from '../core/status.js'
import type { Heard, HeldSnapshot, ReadingAnswer } from './between.js'
import type { CopyAnswer, CopyRequest, PublishAnswer, PublishRequest } from './publish-messages.js'

export * from './between.js'
export * from './publish-messages.js'

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
  /** ISO 8601: then the run ends, incomplete, wherever it is. Absent: it has all the time that it needs. */
  readonly deadline?: string
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

export interface PauseRequest extends Request {
  readonly reason: string
  /** One table alone, however it is spelled; null: everything. */
  readonly table: string | null
}

export interface ResumeRequest extends PauseRequest {
  /** Lifts this one, whoever put it there; null: one's own. */
  readonly hold: string | null
}

/** What a pause or a resume did, and what it found. */
export interface HoldAnswer {
  readonly added: readonly Hold[]
  readonly lifted: readonly Hold[]
  /** What holds now. */
  readonly holds: readonly Hold[]
  /** What was under way; null: nothing. */
  readonly work: { readonly what: 'run' | 'verify' | 'repair'; readonly id: string } | null
  /** All that may not go on has really stopped (a pause), or knows that it may go on (a resume). False: no answer in 12 s. */
  readonly answered: boolean
  readonly milliseconds: number
  /** What a pause still costs the source; null: nothing. */
  readonly snapshot: HeldSnapshot | null
}

/** New executions over the same ledger for tables that stopped. */
export interface RetryRequest extends Request {
  /** Names, as the source or the target spells them; null: every table that stopped. */
  readonly tables: readonly string[] | null
  /** Null: the one whose rows the target has. */
  readonly run: RunId | null
}

export interface RetryAnswer extends StartRunAnswer {
  /** The source's names. */
  readonly tables: readonly string[]
  /** What must be done again, and why; null: nothing. */
  readonly again: string | null
}

/** A table that stopped is left out of its run, with a person's reason. */
export interface SkipRequest extends Request {
  readonly table: string
  readonly reason: string
  /** Null: what is under way, or the one whose rows the target has. */
  readonly run: RunId | null
}

export interface SkipAnswer {
  readonly run: RunId
  /** The source's name. */
  readonly table: string
  /** How the run stands since; null: it is still under way. */
  readonly summary: RunSummary | null
}

export interface AbortRequest extends Request {
  readonly reason: string
}

export interface AbortAnswer {
  /** What was ended; null: nothing was under way. */
  readonly work: { readonly what: 'run' | 'verify' | 'repair'; readonly id: string } | null
}

export interface SetRequest extends Request {
  /** Only those to turn. */
  readonly knobs: Knobs
  /** Those to take back: they are as the config says again. */
  readonly reset: readonly (keyof Knobs)[]
}

export interface SetAnswer {
  /** What is turned over the config now. */
  readonly knobs: Knobs
  /** What a person should know of it, such as when it takes effect; null: nothing. */
  readonly said: string | null
}

/** When nights begin by themselves. Whoever asks tells Temporal as well. */
export interface ScheduleRequest extends Request {
  readonly what: 'set' | 'pause' | 'resume' | 'remove'
  /** Of `set`: what is said over the applied config's `schedule`. */
  readonly wanted: WantedSchedule
  /** May be empty. */
  readonly reason: string
}

export interface ScheduleAnswer {
  readonly scheduled: Scheduled | null
  /** Of `set`: the next firings, ISO 8601. */
  readonly next: readonly string[]
}

/** A check of the target's fitness may be as it is for a while; or a waiver of it is taken back. */
export interface WaiveRequest extends Request {
  readonly check: string
  readonly reason: string
  /** ISO 8601: from then on it counts no more; null: it is taken back. */
  readonly until: string | null
}

export interface WaiveAnswer {
  /** Null: none is left. */
  readonly waiver: Waiver | null
}

/** Takes up what a ledger knows, after Temporal's storage was lost. */
export interface AdoptRequest extends Request {
  readonly target: RunRef['target']
}

export interface AdoptAnswer extends Pick<Adopted, 'closed' | 'holds'> {
  readonly versions: number
  readonly runs: number
}

/** Refused with an ApplicationFailure of type `Refused` (or of a failure kind); its message says what to do. */
export const apply = defineUpdate<ApplyAnswer, [ApplyRequest]>(UPDATES.apply)
export const startRun = defineUpdate<StartRunAnswer, [StartRunRequest]>(UPDATES.startRun)
export const verify = defineUpdate<ProveAnswer, [ProveRequest]>(UPDATES.verify)
/** Mends what the newest proofs of a run found, and proves it again. */
export const repair = defineUpdate<ProveAnswer, [ProveRequest]>(UPDATES.repair)

export const pause = defineUpdate<HoldAnswer, [PauseRequest]>(UPDATES.pause)
export const resume = defineUpdate<HoldAnswer, [ResumeRequest]>(UPDATES.resume)
export const retry = defineUpdate<RetryAnswer, [RetryRequest]>(UPDATES.retry)
export const skip = defineUpdate<SkipAnswer, [SkipRequest]>(UPDATES.skip)
/** Ends what is under way; what it did stays. */
export const abort = defineUpdate<AbortAnswer, [AbortRequest]>(UPDATES.abort)
/** Turns knobs until the next apply. */
export const set = defineUpdate<SetAnswer, [SetRequest]>(UPDATES.set)

/** Makes what a run built aside what people read, or says what that would be. */
export const publish = defineUpdate<PublishAnswer, [PublishRequest]>(UPDATES.publish)
/** One more database like the published one; or one less. */
export const copy = defineUpdate<CopyAnswer, [CopyRequest]>(UPDATES.copy)
/** When nights begin by themselves, that they pause, or that they do not any more. */
export const schedule = defineUpdate<ScheduleAnswer, [ScheduleRequest]>(UPDATES.schedule)

/** A person's waiver of a check of the target's fitness; the latest counts. */
export const waive = defineUpdate<WaiveAnswer, [WaiveRequest]>(UPDATES.waive)

export const adopt = defineUpdate<AdoptAnswer, [AdoptRequest]>(UPDATES.adopt)
/** Removes the ledger; the workflows are removed by whoever asked. */
export const clean = defineUpdate<void, [Request]>(UPDATES.clean)

/** The same words for Temporal's own tools; the payload may be anything. */
export const pauseSignal = defineSignal<[unknown]>(SIGNALS.pause)
export const resumeSignal = defineSignal<[unknown]>(SIGNALS.resume)

export const migrationStatus = defineQuery<MigrationStatus>(QUERIES.status)
/** What the workflow of a proof answers: counts only. */
export const proofStatus = defineQuery<ProofStatus>(QUERIES.status)
export const runStatus = defineQuery<RunStatus>(QUERIES.status)

export interface MigrationInput {
  readonly migration: string
  /** Whether the namespace has our search attributes. */
  readonly searchAttributes: boolean
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: Partial<MigrationState>
}

/** A line of the audit trail, and whose ledger it is for. */
export interface UnwrittenLine {
  readonly target: NonNullable<MigrationStatus['target']>
  readonly entry: AuditEntry
}

/** What the entity carries from one execution to the next. An older release's has less. */
export interface MigrationState extends Omit<MigrationStatus, 'format' | 'migration' | 'applying'> {
  readonly around: Around | null
  readonly holdsEver: number
  readonly haltSeq: number
  readonly ordinals: Readonly<Record<string, number>>
  /** Of this entity, in the input of what it starts. */
  readonly word: string
  /** How the last run reads, as far as it is decided. */
  readonly reading: ReadingAnswer | null
  /** Of the audit trail: what the ledger does not have yet, oldest first. */
  readonly unwritten: readonly UnwrittenLine[]
}

/** Of the workflows `verify` and `repair`. */
export interface ProofWorkflowInput extends Heard {
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
  readonly what: 'check' | 'plan' | 'fitness'
  readonly config: Config
  /** Of `fitness`: what people read of the applied migration. Absent: as the config says. */
  readonly home?: Place
}

export interface InspectionAnswer {
  readonly ref: string
  readonly blocking: number
}
