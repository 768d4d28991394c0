import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow'
import type { ControlActivities } from '../activities/control.js'
import type { DataActivities } from '../activities/data.js'
import type { RunRef } from '../activities/messages.js'
import { TASK_QUEUES } from '../core/names.js'
import { ATTEMPTS, BACKOFF } from '../core/retry.js'

/**
 * Without WAIT_CANCELLATION_COMPLETED a remote activity behaves as TRY_CANCEL, and a run would call itself stopped
 * while rows are still being written. No schedule-to-start: without a data worker the run waits, and status says so.
 */
const COMMON = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  /** Of silence: a dead process. Steps beat every 200 ms. */
  heartbeatTimeout: '10 seconds',
  retry: {
    initialInterval: BACKOFF.first,
    backoffCoefficient: BACKOFF.factor,
    maximumInterval: BACKOFF.most,
    maximumAttempts: ATTEMPTS.retry,
  },
} satisfies ActivityOptions

/** The bulk work of a run. Days, because a table without a key is one chunk. */
export const data = proxyActivities<DataActivities>({
  ...COMMON,
  taskQueue: TASK_QUEUES.data,
  startToCloseTimeout: '4 days',
})

/** Somebody waits for the answer at a terminal: a server that is away is said after three tries, not after 15 minutes. */
export const control = proxyActivities<ControlActivities>({
  ...COMMON,
  taskQueue: TASK_QUEUES.control,
  startToCloseTimeout: '12 hours',
  retry: { ...COMMON.retry, initialInterval: 300, maximumAttempts: 3 },
})

/** Book-keeping that must not hold up an end for ever, also where no worker is left to do it. */
export const BRIEF: ActivityOptions = { scheduleToCloseTimeout: '1 minute' }

/** Between a firing and its morning nobody waits for the answer: a server that restarts is waited for. */
export const PATIENT: ActivityOptions = {
  scheduleToCloseTimeout: '15 minutes',
  retry: {
    ...{ initialInterval: BACKOFF.first, backoffCoefficient: BACKOFF.factor, maximumInterval: BACKOFF.most },
    maximumAttempts: ATTEMPTS.retry,
  },
}

/** A test of restoring has an hour of its own; one that a dead process took along is begun once more. */
export const ASSESSING: ActivityOptions = { startToCloseTimeout: '70 minutes', retry: { maximumAttempts: 2 } }

/** At a run's end: no night waits for it longer. */
export const ASSESSING_RUN: ActivityOptions = { scheduleToCloseTimeout: '5 minutes', retry: { maximumAttempts: 2 } }

/**
 * While it lasts the name may have no open database: a process that died is replaced within seconds. Copies may take hours,
 * and without a worker it waits.
 */
export const PUBLISHING: ActivityOptions = {
  heartbeatTimeout: '5 seconds',
  retry: {
    ...{ initialInterval: BACKOFF.first, backoffCoefficient: BACKOFF.factor, maximumInterval: '5 seconds' },
    maximumAttempts: ATTEMPTS.away,
  },
}

/**
 * As often as it takes: the engine's retries wait, not we. Said in so many words: what is left out here counts as it does
 * for all steps.
 */
export const UNTIL_DONE: ActivityOptions = {
  retry: {
    ...{ initialInterval: BACKOFF.first, backoffCoefficient: BACKOFF.factor, maximumInterval: BACKOFF.most },
    maximumAttempts: Number.POSITIVE_INFINITY,
  },
}

/** Where the rows and the ledger of a run that has ended lie now: what it built may have been published since. */
export async function located(ref: RunRef): Promise<RunRef> {
  if (ref.target.published === undefined) return ref
  return { ...ref, target: await named(control.locateRun, `where are the rows of ${ref.run}?`, { ref }) }
}

type Step<I, O> = { executeWithOptions(options: ActivityOptions, args: [I]): Promise<O> }

/** Runs a step under a summary that Temporal's UI shows beside its name. */
export async function named<I, O>(
  activity: Step<I, O>,
  summary: string,
  input: I,
  options: ActivityOptions = {},
): Promise<O> {
  return await activity.executeWithOptions({ ...options, summary }, [input])
}
