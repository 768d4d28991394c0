import { ActivityFailure, ApplicationFailure, TimeoutFailure, TimeoutType } from '@temporalio/common'
import type { ActivityOptions } from '@temporalio/workflow'

/** Where a run's rows are read: in the snapshot that a process holds, on its own queue; or as they are now, by any. */
export interface ReadingPlace {
  /** Null: as they are now. Becomes null when the snapshot is lost. */
  queue: string | null
  /** Other processes that hold sessions of the same moment. */
  others?: string[]
  /** Steps that are open on each queue, and how many there ever were: they go to the one with the fewest, in turn. */
  busy?: Record<string, number>
  turn?: number
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
  while (place.queue !== null) {
    const queue = leastBusy(place, place.queue)
    const busy = (place.busy ??= {})
    busy[queue] = (busy[queue] ?? 0) + 1
    try {
      return await read({ snapshot: true }, onQueue(queue))
    } catch (error) {
      if (!isSnapshotLost(error)) throw error
      if (leave(place, queue)) continue
      place.lose('the process that held it died, or its sessions were ended')
      if (place.onLost === 'restart') throw error
      place.queue = null
    } finally {
      busy[queue] = (busy[queue] ?? 1) - 1
    }
  }
  return await read({}, {})
}

function leastBusy(place: ReadingPlace, first: string): string {
  const queues = [first, ...(place.others ?? [])]
  const turn = (place.turn = (place.turn ?? -1) + 1)
  const inTurn = queues.map((_, i) => queues[(i + turn) % queues.length] as string)
  const steps = (queue: string): number => place.busy?.[queue] ?? 0
  return inTurn.reduce((best, queue) => (steps(queue) < steps(best) ? queue : best))
}

/** That process reads no more. False: it was the last one, and the snapshot is lost with it. */
export function leave(place: ReadingPlace, queue: string): boolean {
  if (place.queue === null) return false
  const left = [place.queue, ...(place.others ?? [])].filter((one) => one !== queue)
  const [next] = left
  if (next === undefined) return false
  place.queue = next
  place.others = left.slice(1)
  return true
}

/** What a table's child is told of it. */
export function snapshotOf({ queue, others = [], onLost }: ReadingPlace): SnapshotPlace | null {
  return queue === null ? null : { queue, onLost, ...(others.length > 0 && { others }) }
}

export interface SnapshotPlace {
  readonly queue: string
  readonly onLost: 'best-effort' | 'restart'
  /** Absent: there are none. */
  readonly others?: readonly string[]
}

/** Said by the process that should have held it, or by nobody having taken the step. */
export function isSnapshotLost(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof TimeoutFailure) return cause.timeoutType === TimeoutType.SCHEDULE_TO_START
  return cause instanceof ApplicationFailure && cause.type === 'snapshot-lost'
}
