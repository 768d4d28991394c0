import type { WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { type Health, healthOf } from '../core/health.js'
import { within, type Temporal } from './temporal.js'

// Of EventType.
const WORKFLOW_TASK_FAILED = 9

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
