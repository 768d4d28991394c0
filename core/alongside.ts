import type { RunId } from './run.js'

/**
 * How several processes open sessions of one moment: one of them takes the lock, and the others begin theirs while it
 * holds it. They meet in the ledger, since a step of Temporal takes longer than writers of the source are to wait.
 */

/**
 * `gathering`: whoever is there says so. `connecting`: those open `sessions` each. `begin`: the lock is held, and they
 * begin. `closed`: whoever has not begun is not of it. `agreed`: the lock is gone, and the moment stands.
 */
export type CallState = 'gathering' | 'connecting' | 'begin' | 'closed' | 'agreed'

export type JoinState = 'here' | 'ready' | 'begun'

/** An attempt at one lock. */
export interface ReaderCall {
  /** Of this attempt alone. */
  readonly call: string
  /** The own queue of the process that takes the lock. */
  readonly leader: string
  readonly state: CallState
  /** How many each of the others opens. */
  readonly sessions: number
}

export interface Joined {
  /** The process's own queue. */
  readonly queue: string
  readonly state: JoinState
}

/** What an adapter asks for while it opens a snapshot, where other processes are to read in it too. */
export interface Alongside {
  /** Before this process opens its own sessions: how many of those are left to it. */
  gather(sessions: number, signal: AbortSignal): Promise<number>
  /** Its own are open: comes back when the others' are. */
  connected(signal: AbortSignal): Promise<void>
  /** The lock is held: comes back when theirs have begun, or will not. */
  begin(): Promise<void>
}

/** Sessions of a moment whose lock another process holds. */
export interface JoinRequest {
  readonly run: RunId
  readonly tables: readonly string[]
  readonly sessions: number
  /** The sessions are open: comes back when the lock is held; false where it will not be. */
  untilLocked(): Promise<boolean>
  /** They have begun: whether that was in time. */
  begun(): Promise<boolean>
}
