import { type CancellationScope, isCancellation } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import { tell } from './failures.js'
import { leave, onQueue, type ReadingPlace } from './reading-place.js'
import { data, named } from './steps.js'

/**
 * Looks after a snapshot in each process that holds sessions of it until `keeping` is cancelled. A process that is gone is left
 * out, and the snapshot is lost with the last one; or with the one that keeps writers off tables that no snapshot covers.
 */
export async function keepMoment(
  ref: RunRef,
  place: ReadingPlace,
  locked: number,
  keeping: CancellationScope,
): Promise<void> {
  const first = place.queue
  const queues = [...(first === null ? [] : [first]), ...(place.others ?? [])]
  const gone = (queue: string, reason: string): void => {
    if ((locked > 0 && queue === first) || !leave(place, queue)) place.lose(reason)
  }
  await Promise.all(
    queues.map(async (queue) => {
      // What comes of it is no longer in the scope: it ends with the snapshot, and that is still to be written down.
      await keeping
        .run(() => keep(ref, queue))
        .then(
          () => gone(queue, 'it was let go of'),
          (error: unknown) => gone(queue, sentence(error)),
        )
    }),
  )
}

const keep = async (ref: RunRef, queue: string): Promise<void> =>
  await named(data.keepSnapshot, 'hold the snapshot', { ref }, { ...onQueue(queue), retry: { maximumAttempts: 1 } })

function sentence(error: unknown): string {
  if (isCancellation(error)) return 'the process that held it was stopped'
  const { kind, message } = tell(error)
  return kind === 'snapshot-lost' ? 'its sessions on the source were ended' : message
}
