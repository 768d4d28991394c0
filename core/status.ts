import type { Hold } from './hold.js'
import type { Knobs } from './knobs.js'
import type { Place } from './place.js'
import type { ProofId, ProofKind } from './proof.js'
import type { RunProgress } from './report.js'
import type { RunId, RunPhase, RunSummary } from './run.js'
import type { Scheduled } from './schedule.js'

/** What `migration/<name>` answers to the `status` query. Ids and counts only. */
export interface MigrationStatus {
  readonly format: 1
  readonly migration: string
  /** Where plans, reports and progress of this migration lie: names for the read API, never URLs. */
  readonly target: Place | null
  readonly versions: readonly VersionSummary[]
  readonly applying: boolean
  readonly running: RunStatus | null
  /** The verify or repair that is under way: it, a run, and another one exclude each other. */
  readonly proving: ProvingStatus | null
  /** Newest first. */
  readonly runs: readonly RunSummary[]
  /** Why it waits, oldest first; empty: it does not. */
  readonly holds: readonly Hold[]
  /** What is turned over the applied config. */
  readonly knobs: Knobs
  /** When nights begin by themselves, as it was asked for; null: they do not. Temporal has the schedule itself. */
  readonly schedule: Scheduled | null
  /** The last signals that had to be refused, newest first: nobody waited for an answer. */
  readonly refused: readonly RefusedSignal[]
  /** Which of both databases takes writes. */
  readonly ownership: 'source' | 'target' | 'unknown'
}

/** What an entity of before there were holds does not tell. */
const NOTHING_TOLD = { holds: [], knobs: {}, schedule: null, refused: [], ownership: 'source' } as const

/** As it comes: older code tells less. */
export type ToldStatus = Omit<MigrationStatus, keyof typeof NOTHING_TOLD> & Partial<MigrationStatus>

export const wholeStatus = (told: ToldStatus): MigrationStatus => ({ ...NOTHING_TOLD, ...told })

export interface RefusedSignal {
  readonly signal: string
  readonly at: string
  readonly why: string
}

export interface ProvingStatus {
  readonly proof: ProofId
  readonly run: RunId
  readonly kind: Exclude<ProofKind, 'load'>
  /** Of the run that it proves. Absent: an older release began it. */
  readonly version?: number
  readonly workflowId: string
  readonly started: string
}

/** What the workflows `verify` and `repair` answer to the `status` query. */
export interface ProofStatus extends Omit<ProvingStatus, 'workflowId' | 'version'> {
  /** What it does now: `reading`, `comparing`. */
  readonly doing: string
  /** Steps of what it does now: begun, and in all. */
  readonly steps: { readonly begun: number; readonly total: number }
  readonly tables: { readonly judged: number; readonly unclean: number; readonly total: number }
  readonly differences: number
  readonly held?: boolean
}

export interface VersionSummary {
  readonly number: number
  readonly planHash: string
  readonly configHash: string
  readonly by: string
  readonly at: string
  readonly tables: number
}

/** What the `run` workflow answers to the `status` query, and what the entity knows of it (`phase` and counts only from the run itself). */
export interface RunStatus {
  readonly run: RunId
  readonly version: number
  readonly workflowId: string
  readonly started: string
  /** Where it builds. Absent: an older release began it. */
  readonly target?: Place
  readonly phase: RunPhase
  readonly tables: { readonly total: number; readonly done: number; readonly stopped: number }
  /** It waits, by a hold; false where only some tables do. Absent: a worker of before there were holds. */
  readonly held?: boolean
}

/** `nightferry status --json`. */
export interface StatusDocument {
  readonly format: 1
  readonly temporal: TemporalStatus
  /** Null when the workflow does not answer: a stuck workflow answers no query. */
  readonly migration: MigrationStatus | null
  /** Null when nothing runs or the read API does not answer. */
  readonly progress: RunProgress | null
  /** What Temporal says of its schedule; null: it has none. Absent: it could not be asked. */
  readonly firing?: FiringStatus | null
}

/** Of a Temporal Schedule. Times are ISO 8601 in UTC. */
export interface FiringStatus {
  readonly paused: boolean
  readonly note: string | null
  /** With jitter. */
  readonly next: readonly string[]
  readonly fired: number
  /** Too late to be caught up: Temporal was away. */
  readonly missed: number
  /** The night before was still being taken. */
  readonly skipped: number
}

export interface TemporalStatus {
  readonly reachable: boolean
  readonly address: string
  readonly namespace: string
  /** Of `migration/<name>`: `RUNNING`, ... or null where it does not exist. */
  readonly workflow: string | null
  /** A workflow task that fails again and again: the message of its last failure. */
  readonly stuck: { readonly workflowId: string; readonly attempts: number; readonly message: string } | null
  /** False: nothing polls `nightferry-control` (a query stayed silent for 3 s). Null: not asked. */
  readonly controlWorker: boolean | null
  /** False: activities of the running run have only been scheduled, for 5 s. Null: nothing to tell by. */
  readonly dataWorker: boolean | null
  /** Activities that are being retried: what, how often, and the last failure's message. */
  readonly retrying: readonly { readonly activity: string; readonly attempt: number; readonly message: string }[]
}
