import { ActivityFailure, ApplicationFailure, TimeoutFailure, TimeoutType } from '@temporalio/common'
import type { ActivityOptions } from '@temporalio/workflow'

/** Where a run's rows are read: in the snapshot that a process holds, on its own queue; or as they are now, by any. */
export interface ReadingPlace {
  /** Null: as they are now. Becomes null when the snapshot is lost. */
  queue: string | null
  readonly onLost: 'best-effort' | 'restart'
  /** Tells whoever has to know, once. */
  readonly lose: (reason: string) => void
}

/**
 * A queue that nobody polls any more belongs to a process that died. Never are more steps there than sessions, so a
 * process that lives takes each at once.
 */
export const onQueue = (queue: string): ActivityOptions => ({ taskQueue: queue, scheduleToStartTimeout: '5 seconds' })

/**
 * Reads in the snapshot while there is one. When it turns out to be lost, the same is read as it is now, or, where the
 * run is to start again, the failure is thrown: chunks that are done are found done either way.
 */
export async function readThere<T>(
  place: ReadingPlace,
  read: (input: { snapshot?: true }, options: ActivityOptions) => Promise<T>,
): Promise<T> {
  if (place.queue === null) return await read({}, {})
  try {
    return await read({ snapshot: true }, onQueue(place.queue))
  } catch (error) {
    if (!isSnapshotLost(error)) throw error
    place.lose('the process that held it died, or its sessions were ended')
    if (place.onLost === 'restart') throw error
    place.queue = null
  }
  return await read({}, {})
}

/** Said by the process that should have held it, or by nobody having taken the step. */
export function isSnapshotLost(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure) return cause.timeoutType === TimeoutType.SCHEDULE_TO_START
  return cause instanceof ApplicationFailure && cause.type === 'snapshot-lost'
}
