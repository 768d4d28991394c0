import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Config } from '../core/config/types.js'
import { QUERIES, SIGNALS, UPDATES } from '../core/names.js'
import type { RunId } from '../core/run.js'
import type { MigrationStatus, RunStatus } from '../core/status.js'

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

/** Refused with an ApplicationFailure of type `Refused` (or of a failure kind); its message says what to do. */
export const apply = defineUpdate<ApplyAnswer, [ApplyRequest]>(UPDATES.apply)
export const startRun = defineUpdate<StartRunAnswer, [StartRunRequest]>(UPDATES.startRun)

export const migrationStatus = defineQuery<MigrationStatus>(QUERIES.status)
export const runStatus = defineQuery<RunStatus>(QUERIES.status)

/** To a table's child: how many chunks it may have in flight from now on. */
export const width = defineSignal<[number]>(SIGNALS.width)

/** From a table's child to its run: all rows of the table (its ordinal) are there. */
export const copied = defineSignal<[number]>(SIGNALS.copied)

export interface MigrationInput {
  readonly migration: string
  /** Whether the namespace has our search attributes. */
  readonly searchAttributes: boolean
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: Omit<MigrationStatus, 'format' | 'migration' | 'applying' | 'running'>
}

export interface InspectionInput {
  readonly what: 'check' | 'plan'
  readonly config: Config
}

export interface InspectionAnswer {
  readonly ref: string
  readonly blocking: number
}
