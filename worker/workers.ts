import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { createControlActivities } from '../activities/control.js'
import { createDataActivities } from '../activities/data.js'
import type { ControlTools, Tools } from '../activities/tools.js'
import { TASK_QUEUES } from '../core/names.js'
import { EnvironmentError } from './environment.js'
import { identityOf } from './readers.js'

const BUNDLE = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url))

export const CONVERTER = fileURLToPath(new URL('../workflows/converter.js', import.meta.url))

/**
 * How long steps under way may still take once a worker drains: a chunk is a second or two. What is not done by then is
 * cancelled, rolls back, and is tried again elsewhere.
 */
export const GRACE_SECONDS = 10

/** Until steps that were cancelled have rolled back: a statement on a server that is away ends no sooner. */
const FORCE_SECONDS = GRACE_SECONDS + 5

/** What all have. */
const common = (connection: NativeConnection, namespace: string) =>
  ({
    connection,
    namespace,
    shutdownGraceTime: `${GRACE_SECONDS} seconds`,
    shutdownForceTime: `${FORCE_SECONDS} seconds`,
    dataConverter: { payloadConverterPath: CONVERTER },
    // A pause reaches a step with the answer to a heartbeat: 200 ms gave half a second at worst, 1 s more than one.
    maxHeartbeatThrottleInterval: '200 milliseconds',
    defaultHeartbeatThrottleInterval: '200 milliseconds',
  }) satisfies Partial<WorkerOptions>

export async function controlWorker(
  connection: NativeConnection,
  namespace: string,
  tools: ControlTools,
): Promise<Worker> {
  if (!existsSync(BUNDLE))
    throw new EnvironmentError(`The workflow bundle ${BUNDLE} is not there`, 'Run npm run build.', 1)
  return await Worker.create({
    ...common(connection, namespace),
    taskQueue: TASK_QUEUES.control,
    workflowBundle: { codePath: BUNDLE },
    activities: createControlActivities(tools),
    reuseV8Context: true,
    maxCachedWorkflows: 50,
    maxConcurrentActivityTaskExecutions: 8,
    // An update after the death of another control worker: 1.1 s instead of 10.
    stickyQueueScheduleToStartTimeout: '1 second',
  })
}

/** What is read in the snapshots that this process holds; and those that hold them, which take no session themselves. */
export async function ownWorker(
  connection: NativeConnection,
  namespace: string,
  tools: Tools & { readonly queue: string },
): Promise<Worker> {
  return await Worker.create({
    ...common(connection, namespace),
    taskQueue: tools.queue,
    activities: createDataActivities(tools),
    // A step that waits here for a slot looks like a dead process: several runs of the most sessions each.
    maxConcurrentActivityTaskExecutions: 256,
  })
}

export async function dataWorker(
  connection: NativeConnection,
  namespace: string,
  tools: Tools & { readonly queue: string },
): Promise<Worker> {
  return await Worker.create({
    ...common(connection, namespace),
    identity: identityOf(tools.queue),
    taskQueue: TASK_QUEUES.data,
    activities: createDataActivities(tools),
    // A run has `limits.parallelism` sessions; several runs share a process. Rows stream: each costs a few megabytes.
    maxConcurrentActivityTaskExecutions: 32,
  })
}
