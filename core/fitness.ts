import type { RestoreTested } from './fitness/gathered.js'

/** Is the target ready for production? Judged from what its servers say; nothing is changed there. */

/** Names outlive a deploy: waivers hold them, and people's scripts. In the order in which they are shown. */
export const FITNESS_CHECKS = [
  'wal-archive',
  'backup',
  'restore-test',
  'standby',
  'data-checksums',
  'fsync',
  'full-page-writes',
  'max-connections',
  'autovacuum',
  'memory-settings',
  'extensions',
  'collations',
  'time-zone',
  'encoding',
  'application-login',
  'application-tables',
  'free-space',
] as const

export type FitnessCheck = (typeof FITNESS_CHECKS)[number]

/** `unknown`: it could not be asked, or nobody said how. It counts as red until a person waives it. */
export type FitnessState = 'green' | 'red' | 'unknown'

export interface FitnessResult {
  readonly check: FitnessCheck
  readonly state: FitnessState
  /** What was found, in one sentence: settings, counts, moments. Never a secret, never a value of a cell. */
  readonly evidence: string
  /** What a person does about it; null where it is green. */
  readonly remedy: string | null
}

/** A person's signed wish to go on regardless, until it expires. */
export interface Waiver {
  readonly check: FitnessCheck
  readonly by: string
  readonly why: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** From this moment on it counts no more. */
  readonly expires: string
}

export interface JudgedCheck extends FitnessResult {
  /** The one that counts at `Fitness.at`; null: none does. It is shown beside a green check as well. */
  readonly waiver: Waiver | null
}

/** What `check NAME --target` answers, what a report shows, and later a gate of the cutover. JSON-safe. */
export interface Fitness {
  readonly format: 1
  readonly migration: string
  /** ISO 8601, UTC: when it was asked. */
  readonly at: string
  /** `PostgreSQL 15.18`; null: it could not be asked. */
  readonly server: string | null
  /** All of FITNESS_CHECKS, in their order. */
  readonly checks: readonly JudgedCheck[]
  /** The last time that `target.restore_test` ran, perhaps for an earlier one; absent: it never did. */
  readonly restoreTest?: RestoreTested
}
