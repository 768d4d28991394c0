import type { RunRef } from '../activities/messages.js'
import type { Knobs } from '../core/knobs.js'
import type { Halt } from './halt.js'
import type { Heeding, OpenSnapshot } from './heed.js'
import type { RunCursor } from './run.js'
import type { Show } from './show-run.js'
import type { Turning } from './turning.js'
import type { Hours } from './window.js'

/** What each step of a run works with. */
export interface Pass {
  readonly ref: RunRef
  readonly cursor: RunCursor
  readonly show: Show
  readonly halt: Halt
  readonly knobs: Turning<Knobs>
  readonly hours: Hours
  /** Tells the entity something, where there is one. */
  readonly tell: Heeding['tell']
  /** Told of a snapshot that is open, and would be held through a hold; null when no more. */
  readonly holdsSnapshot: (snapshot: OpenSnapshot | null) => void
}

/** Steps that the run may have open now: what is turned, else what its config says. */
export const lanesOf = ({ cursor, knobs }: Pass): number => knobs.now.parallelism ?? cursor.prepared.parallelism

/** Those of them that read the source: never more than a snapshot has sessions. */
export const readersOf = (pass: Pass): number => Math.min(lanesOf(pass), pass.cursor.reading?.sessions ?? Infinity)

/** What one of these readers goes by. */
export function knobsOfReader(pass: Pass): Knobs {
  const { chunkBytes } = pass.knobs.now
  const rows = pass.knobs.now.rowsPerSecond ?? pass.cursor.prepared.rowsPerSecond ?? 0
  return {
    ...(rows > 0 && { rowsPerSecond: Math.max(1, Math.floor(rows / atOnce(pass))) }),
    ...(chunkBytes !== undefined && { chunkBytes }),
  }
}

/** A run of nothing but a few bundles has no more readers than these. */
function atOnce(pass: Pass): number {
  const { big, bundles } = pass.cursor.prepared
  return Math.min(readersOf(pass), big.length > 0 ? Infinity : Math.max(1, bundles.length))
}
