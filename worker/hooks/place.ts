import type { Variables } from './address.js'
import type { Backoff } from './retrying.js'

/** What a hook has to work with: files and programs are found from `home`, connections and secrets in the variables. */
export interface Place {
  readonly variables: Variables
  readonly home: string
  readonly limits: HookLimits
}

export interface HookLimits {
  /** Of a command, and of a file of SQL. */
  readonly runMs: number
  /** Of one HTTP call. */
  readonly callMs: number
  /** Of HTTP calls, and of SQL where the target is away for a moment. */
  readonly backoff: Backoff
  /** Between SIGTERM and SIGKILL: whoever cancels is to be answered within a second. */
  readonly graceMs: number
  readonly freeSpaceMs: number
  /** Of a test that restores a backup: large ones take their time. */
  readonly restoreTestMs: number
}

/** An activity that runs a hook needs a little more than `runMs` and the budget together: 12 minutes. */
export const HOOK_LIMITS: HookLimits = {
  runMs: 10 * 60_000,
  callMs: 10_000,
  backoff: { firstMs: 500, mostMs: 10_000, budgetMs: 60_000 },
  graceMs: 800,
  freeSpaceMs: 60_000,
  restoreTestMs: 60 * 60_000,
}

/** How a hook that worked ended, and what it printed. */
export interface Ran {
  readonly what: string
  readonly output: string
}
