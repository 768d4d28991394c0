import { timeLeft } from './numbers.js'

/** What Temporal knows of some workflows while they do not answer themselves. */
export interface Health {
  /** Of the first workflow: `RUNNING`, `COMPLETED`, ... or null where it does not exist. */
  readonly workflow: string | null
  readonly stuck: { readonly workflowId: string; readonly attempts: number; readonly message: string } | null
  /** A workflow task that no worker has taken. */
  readonly taskUntaken: boolean
  readonly activities: { readonly started: number; readonly scheduled: number }
  /** When the one that waits longest for a worker was scheduled (the server's clock, milliseconds); null: none waits. */
  readonly scheduledSince: number | null
  readonly retrying: readonly Retry[]
}

export interface Retry {
  readonly activity: string
  readonly attempt: number
  readonly message: string
  /** Milliseconds since 1970, the server's clock; null while it is being tried. */
  readonly next: number | null
}

/** What is read of Temporal's description of a workflow. */
export interface Described {
  readonly pendingActivities?: readonly DescribedActivity[] | null
  readonly pendingWorkflowTask?: { readonly state?: number | null; readonly attempt?: number | null } | null
}

interface DescribedActivity {
  readonly activityId?: string | null
  readonly activityType?: { readonly name?: string | null } | null
  readonly state?: number | null
  readonly attempt?: number | null
  readonly lastFailure?: DescribedFailure | null
  readonly scheduledTime?: Stamp
}

interface DescribedFailure {
  readonly message?: string | null
  readonly cause?: DescribedFailure | null
}

type Stamp = { readonly seconds?: { toString(): string } | null; readonly nanos?: number | null } | null

// Of temporal.api.enums.v1: PendingActivityState and PendingWorkflowTaskState say 1 for scheduled, 2 for started.
const SCHEDULED = 1
const STARTED = 2

const millis = (stamp: Stamp | undefined): number | null =>
  stamp?.seconds === undefined || stamp.seconds === null
    ? null
    : Number(stamp.seconds.toString()) * 1000 + Math.floor((stamp.nanos ?? 0) / 1e6)

/** Of a workflow and what it started, without the message of one that is stuck. */
export function healthOf(workflow: string, described: readonly Described[]): Omit<Health, 'stuck'> {
  const activities = described.flatMap((one) => one.pendingActivities ?? [])
  const waiting = activities.filter((a) => a.state === SCHEDULED)
  const since = waiting.map((a) => millis(a.scheduledTime)).filter((ms) => ms !== null)
  return {
    workflow,
    taskUntaken: described.some((one) => one.pendingWorkflowTask?.state === SCHEDULED),
    activities: { started: activities.filter((a) => a.state === STARTED).length, scheduled: waiting.length },
    scheduledSince: since.length === 0 ? null : Math.min(...since),
    retrying: activities.filter((a) => (a.attempt ?? 1) > 1 && a.lastFailure).map(retryOf),
  }
}

const retryOf = (a: DescribedActivity): Retry => ({
  activity: a.activityType?.name ?? a.activityId ?? 'activity',
  attempt: a.attempt ?? 1,
  message: messageOf(a.lastFailure) ?? 'no message',
  next: a.state === SCHEDULED ? millis(a.scheduledTime) : null,
})

/** The outermost message that says something. */
function messageOf(failure: DescribedFailure | null | undefined): string | null {
  return failure?.message || (failure?.cause ? messageOf(failure.cause) : null)
}

/** `target unreachable (copyChunks, attempt 3, next in 2 s)` */
export function describeRetry(retry: Retry, now: number): string {
  const next = retry.next === null ? 'trying now' : `next in ${timeLeft(Math.max(0, retry.next - now) / 1000)}`
  return `${retry.message.replace(/\.$/, '')} (${retry.activity}, attempt ${retry.attempt}, ${next})`
}

/** From when on a step that waits for a worker waits because there is none. */
const WAITED_MS = 5000

/** By one look: everything has waited for 5 s on the server's clock, which we take to be ours. Null: nothing to tell by. */
export function hasDataWorker(
  { activities, scheduledSince }: Pick<Health, 'activities' | 'scheduledSince'>,
  now: number,
): boolean | null {
  if (activities.started > 0) return true
  if (scheduledSince === null) return null
  return now - scheduledSince < WAITED_MS ? null : false
}
