import type { Alongside } from './alongside.js'
import type { ReadLabel, RunId } from './run.js'

/** Reading sessions of one moment, opened under a short lock and held by the process that opened them. */
export interface SnapshotRequest {
  readonly run: RunId
  /** Tables to read, in the source's spelling. */
  readonly tables: readonly string[]
  /** Sessions that read side by side. An adapter may open more, where one must end before its run does. */
  readonly sessions: number
  /** How long the lock may be waited for, each time that it is asked for. */
  readonly lockTimeoutMs: number
  /** How long it is tried in all. */
  readonly patienceMs: number
  /** Tables that no snapshot covers: kept locked against writers until they are read, or left as they are. */
  readonly uncovered: 'lock' | 'label'
  /** Other processes read in it too; absent: this one alone. */
  readonly alongside?: Alongside
}

/** What was opened, and what it cost the source. */
export interface OpenedSnapshot {
  readonly sessions: number
  /** ISO 8601 in UTC, of the source's own clock. */
  readonly moment: string
  /** As the source names it: a GTID set, `file:offset`; null where the account may not see it. */
  readonly position: string | null
  /** `BACKUP STAGE`, `FLUSH TABLES WITH READ LOCK`, `LOCK TABLES`. */
  readonly lock: string
  /** Milliseconds in which writers had to wait, or could have had to, over all attempts. */
  readonly blockedMs: number
  /** How often the lock was asked for. */
  readonly attempts: number
  /** Tables that no snapshot covers: locked against writers until they are read. */
  readonly locked: readonly string[]
  /** Tables that no snapshot covers and that nothing holds: each of its own moment. */
  readonly labelled: readonly string[]
}

/** What is left of a snapshot that is held. */
export interface SnapshotState {
  readonly sessions: number
  /** Tables that others had to alter: they are not read any more. */
  readonly yielded: readonly string[]
  /** Of `OpenedSnapshot.locked`: those whose lock ended before all their rows were read. They are of no moment. */
  readonly released: readonly string[]
}

/** Of which moment a run's rows are, and what that cost the source. */
export interface Reading {
  readonly label: ReadLabel
  /** Why it is not `snapshot`, or not any more; null where that is what was asked for. */
  readonly reason: string | null
  /** Null where there never was one. */
  readonly snapshot: Omit<OpenedSnapshot, 'sessions'> | null
}

/** The same as the report has it. */
export interface ReportedReading extends Reading {
  /** Rows that were read more than once, at least: chunks done again, and all of them where a run started again. */
  readonly rowsAgain: number
}

/** Worth a word at once: nobody chose it. */
export const readingTrouble = (reading: ReportedReading | undefined): string[] =>
  reading === undefined || reading.label === 'snapshot' || reading.reason === null
    ? []
    : [`goes on as best-effort, each chunk of its own moment: ${reading.reason}`]
