import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { within, type Temporal } from './temporal.js'

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

type Raw = WorkflowExecutionDescription['raw']
type RawActivity = NonNullable<Raw['pendingActivities']>[number]
type Stamp = { seconds?: { toString(): string } | null; nanos?: number | null } | null | undefined

// Of temporal.api.enums.v1: PendingActivityState and PendingWorkflowTaskState say 1 for scheduled, 2 for started.
const SCHEDULED = 1
const STARTED = 2
// Of EventType.
const WORKFLOW_TASK_FAILED = 9

const millis = (stamp: Stamp): number | null =>
  stamp?.seconds === undefined || stamp.seconds === null
    ? null
    : Number(stamp.seconds.toString()) * 1000 + Math.floor((stamp.nanos ?? 0) / 1e6)

/** Looks at a workflow, and with `children` at what it started too. */
export async function examine(temporal: Temporal, workflowId: string, children: boolean): Promise<Health> {
  const first = await describe(temporal, workflowId)
  if (first === null) return NOTHING
  const ids = children ? (first.raw.pendingChildren ?? []).map((child) => child.workflowId ?? '') : []
  const others = await Promise.all(ids.filter(Boolean).map(async (id) => await describe(temporal, id)))
  const all = [first, ...others.filter((d) => d !== null)]
  const stuck = all.find((d) => (d.raw.pendingWorkflowTask?.attempt ?? 0) >= 2)
  return {
    ...healthOf(
      first.status.name,
      all.map((d) => d.raw),
    ),
    stuck: stuck === undefined ? null : await explainStuck(temporal, stuck),
  }
}

const NOTHING: Health = {
  workflow: null,
  stuck: null,
  taskUntaken: false,
  activities: { started: 0, scheduled: 0 },
  scheduledSince: null,
  retrying: [],
}

/** The arithmetic of `examine`, without the stuck workflow's message. */
export function healthOf(workflow: string, raws: readonly Raw[]): Omit<Health, 'stuck'> {
  const activities = raws.flatMap((raw) => raw.pendingActivities ?? [])
  const waiting = activities.filter((a) => a.state === SCHEDULED)
  const since = waiting.map((a) => millis(a.scheduledTime)).filter((ms) => ms !== null)
  return {
    workflow,
    taskUntaken: raws.some((raw) => raw.pendingWorkflowTask?.state === SCHEDULED),
    activities: { started: activities.filter((a) => a.state === STARTED).length, scheduled: waiting.length },
    scheduledSince: since.length === 0 ? null : Math.min(...since),
    retrying: activities.filter((a) => (a.attempt ?? 1) > 1 && a.lastFailure).map(retryOf),
  }
}

const retryOf = (a: RawActivity): Retry => ({
  activity: a.activityType?.name ?? a.activityId ?? 'activity',
  attempt: a.attempt ?? 1,
  message: innermost(a.lastFailure) ?? 'no message',
  next: a.state === SCHEDULED ? millis(a.scheduledTime) : null,
})

interface RawFailure {
  readonly message?: string | null
  readonly cause?: RawFailure | null
  readonly timeoutFailureInfo?: unknown
}

/** The outermost message that says something. */
function innermost(failure: RawFailure | null | undefined): string | null {
  return failure?.message || (failure?.cause ? innermost(failure.cause) : null)
}

// Longer than what is said to be silence: a busy machine must not make a missing worker a missing Temporal.
const LOOK_MS = 8000

async function describe(temporal: Temporal, workflowId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await within(temporal, LOOK_MS, async () => await temporal.client.workflow.getHandle(workflowId).describe())
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

async function explainStuck(temporal: Temporal, d: WorkflowExecutionDescription): Promise<Health['stuck']> {
  const history = await within(
    temporal,
    LOOK_MS,
    async () =>
      await temporal.connection.workflowService.getWorkflowExecutionHistoryReverse({
        namespace: temporal.where.namespace,
        execution: { workflowId: d.workflowId, runId: d.runId },
        maximumPageSize: 50,
      }),
  )
  const failed = history.history?.events?.find((event) => event.eventType === WORKFLOW_TASK_FAILED)
  const failure = failed?.workflowTaskFailedEventAttributes?.failure
  return {
    workflowId: d.workflowId,
    attempts: d.raw.pendingWorkflowTask?.attempt ?? 0,
    message: failure?.message || failure?.cause?.message || 'it timed out; see the workflow in the UI',
  }
}
