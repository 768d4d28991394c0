import type { Finding } from '../finding.js'
import type { ApplicationFacts, BackupFacts, DatabaseFacts, ServerFacts, SourceFacts } from './facts.js'

/** An answer; or why there is none, and what a person does about that. */
export type Asked<T> =
  | { readonly told: true; readonly facts: T }
  | {
      readonly told: false
      readonly why: string
      readonly remedy: string
      /** The server was there and said no, or nothing answered at its address: for logins that is a finding, not a gap. */
      readonly refused?: boolean
    }

export const heard = <T>(facts: T): Asked<T> => ({ told: true, facts })

export const unheard = (why: string, remedy: string, refused = false): Asked<never> => ({
  ...{ told: false, why, remedy },
  ...(refused && { refused }),
})

/** A run of `target.restore_test`: kept with the fitness, since nights do not run it. */
export interface RestoreTested {
  /** ISO 8601, UTC: when it ended. */
  readonly at: string
  readonly ok: boolean
  /** `ended with exit code 3`. */
  readonly what: string
  readonly remedy: string | null
  readonly seconds: number
}

export interface FreeSpace {
  /** Null: neither SQL nor a command told. */
  readonly free: number | null
  /** `target.free_space`, or `the server`. */
  readonly by: string
  /** What fills its disk whatever is free now: a log that nobody reads, or that has no room on a disk of its own. */
  readonly findings: readonly Finding[]
}

/** All that the checks are judged by. Each part was asked on its own. */
export interface Gathered {
  /** ISO 8601, UTC: the judge's clock. */
  readonly at: string
  readonly server: Asked<ServerFacts>
  readonly database: Asked<DatabaseFacts>
  readonly source: Asked<SourceFacts>
  readonly application: Asked<OnTarget>
  /** Null: no tool for backups is on this worker's machine. */
  readonly backups: Asked<readonly BackupFacts[] | null>
  /** The last time that it ran. */
  readonly restore: Asked<RestoreTested>
  readonly space: Asked<FreeSpace>
}

export interface OnTarget extends ApplicationFacts {
  /** It is the very server that is judged; null: it could not be told. */
  readonly sameServer: boolean | null
  /** Which tables the plan has is not known: it was asked of none. */
  readonly unplanned?: true
}
