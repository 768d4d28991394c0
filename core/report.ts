import type { FailureRecord } from './failure.js'
import type { Finding, NotCarried } from './finding.js'
import type { Decision } from './plan/types.js'
import type { ReportedReading } from './snapshot.js'
import type { ProofId, ProofReport } from './proof.js'
import type { ReadLabel, RunId, RunPhase, RunState, RunSummary, Skipped, TableState } from './run.js'

/** `nightferry report --json`, and what the terminal report is made of. Byte counts are canonical COPY text. */
export interface RunReport {
  readonly format: 1
  readonly migration: string
  readonly summary: RunSummary
  readonly label: ReadLabel
  /** Of which moment; absent from reports of workers before there was such a thing. */
  readonly reading?: ReportedReading
  /** Wall-clock seconds of each phase of the run. */
  readonly phases: readonly { readonly phase: RunPhase; readonly seconds: number }[]
  readonly tables: readonly TableReport[]
  readonly decisions: readonly Decision[]
  readonly findings: readonly Finding[]
  readonly notCarried: readonly NotCarried[]
  /** Values changed because a cast said so: counted per column and declared. */
  readonly declaredLosses: readonly DeclaredLoss[]
  /** Newest first; the run's own proof of its load is the last. Empty before it began. */
  readonly proofs: readonly ProofReport[]
}

export interface TableReport {
  readonly table: string
  readonly target: string
  readonly state: TableState
  readonly rowsRead: number
  readonly rowsLoaded: number
  /** `select count(*)` on the target at the end; null until counted. */
  readonly rowsCounted: number | null
  readonly bytes: number
  readonly chunks: number
  readonly seconds: {
    readonly copy: number
    readonly indexes: number
    readonly constraints: number
    readonly vacuum: number
  }
  /** When its steps were at work, for a time line; absent where nobody wrote it down, and from older reports. */
  readonly spans?: readonly StepSpan[]
  readonly failures: readonly FailureRecord[]
  /** The repair that mended and proved it, where its load proof had stopped it. Absent elsewhere. */
  readonly provedBy?: ProofId
  /** Where it is not the run's: a repair or a retry brought rows of a source that lives, or brought them of others only. */
  readonly label?: ReadLabel
  /** A person set it aside: it is not carried. Absent elsewhere. */
  readonly skipped?: Skipped
}

/**
 * Seconds of the run's own time: from its start, without the time between its end and a retry. With several sessions at it,
 * from the first one's beginning to the last one's end; once for each time that the run was taken up.
 */
export interface StepSpan {
  readonly step: 'copy' | 'indexes' | 'constraints' | 'vacuum' | 'proof'
  readonly from: number
  readonly to: number
}

export interface DeclaredLoss {
  readonly table: string
  readonly column: string
  /** `zero date became NULL`. */
  readonly what: string
  readonly rows: number
}

/** Live numbers of a run, a second old at most. */
export interface RunProgress {
  readonly run: RunId
  readonly state: RunState
  readonly phase: RunPhase
  readonly started: string
  /** Absent until it is decided, and from workers before there was such a thing. */
  readonly reading?: ReportedReading
  readonly tables: readonly TableProgress[]
}

export interface TableProgress {
  readonly table: string
  readonly state: TableState
  readonly rows: number
  readonly bytes: number
  readonly estimatedRows: number
  readonly estimatedBytes: number
  /** While it is being worked on: what, e.g. `index idx_customer`. */
  readonly doing: string | null
}
