import { hostname } from 'node:os'
import type { NativeConnection } from '@temporalio/worker'
import { ownQueue, TASK_QUEUES } from '../core/names.js'

/** A poll lasts a minute: who has not asked for longer is gone. */
const SILENT_MS = 70_000

/** The API's enum of them does not come with the packages that a worker may import. */
const ACTIVITIES = 2

/** By it Temporal names the process among those that poll the shared queue: its own queue is told to whoever looks. */
export const identityOf = (queue: string): string =>
  `${process.pid}@${hostname()} ${queue.slice(TASK_QUEUES.data.length + 1)}`

/**
 * Own queues of the data processes that there are. One that was killed is listed for a while: whoever asks it for
 * something must not wait for it.
 */
export async function readersOf(connection: NativeConnection, namespace: string): Promise<string[]> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUES.data },
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
    taskQueueType: ACTIVITIES,
  })
  const found = new Set<string>()
  for (const { identity, lastAccessTime } of pollers ?? []) {
    const unique = / ([0-9a-f]{24})$/.exec(identity ?? '')?.[1]
    const silent = Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000
    if (unique !== undefined && silent < SILENT_MS) found.add(ownQueue(unique))
  }
  return [...found].toSorted()
}
