import { CancellationScope } from '@temporalio/workflow'
import type { OpenedReading, OpenInput, RunRef } from '../activities/messages.js'
import { holding } from './holding.js'
import type { Pass } from './pass.js'
import { onQueue } from './reading-place.js'
import { data, named } from './steps.js'

/**
 * Decides of which moment the rows are. Where there are several data processes, those that are there open sessions of
 * the same moment while one of them holds the lock; who does not come in time is left out.
 */
export async function openMoment({ ref, cursor, halt, knobs }: Pass): Promise<OpenedReading> {
  const { parallelism } = knobs.now
  const { readers = [] } = cursor.prepared.reading ?? {}
  const input: OpenInput = {
    ref,
    ...(parallelism !== undefined && { parallelism }),
    ...(readers.length > 1 && { others: readers.length - 1 }),
  }
  const open = (): Promise<OpenedReading> => named(data.openSnapshot, 'of which moment the rows are', input)
  const work = readers.length > 1 ? async () => await withOthers(ref, readers, open) : open
  return await holding(halt, work, { beforeRows: true })
}

async function withOthers(
  ref: RunRef,
  readers: readonly string[],
  open: () => Promise<OpenedReading>,
): Promise<OpenedReading> {
  const joins = readers.map((queue) => {
    const scope = new CancellationScope()
    const options = { ...onQueue(queue), startToCloseTimeout: '3 minutes' as const, retry: { maximumAttempts: 1 } }
    const work = (): Promise<unknown> => named(data.joinSnapshot, 'sessions of the same moment', { ref }, options)
    return { queue, scope, ended: scope.run(work).catch(() => {}) }
  })
  let joined: readonly string[] = []
  try {
    const opened = await open()
    joined = opened.others ?? []
    return opened
  } finally {
    for (const { queue, scope } of joins) if (!joined.includes(queue)) scope.cancel()
    await CancellationScope.nonCancellable(() => Promise.all(joins.map(({ ended }) => ended)))
  }
}
