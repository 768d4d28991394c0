import { WorkflowNotFoundError } from '@temporalio/common'
import { migrationWorkflowId, WORKFLOWS } from '../core/names.js'
import { within, type Temporal } from './temporal.js'

/** One execution that Temporal keeps of a migration. */
export interface KeptWorkflow {
  readonly workflowId: string
  readonly runId: string
  readonly open: boolean
}

const LIST_MS = 30_000
const DELETE_MS = 10_000

/**
 * Every execution whose id is a migration's: the entity, runs and their tables, proofs, inspections, nights. Told apart by the
 * whole second part of the id: `shop` is not `shop2`.
 */
export async function workflowsOf(temporal: Temporal, migration: string): Promise<KeptWorkflow[]> {
  const found: KeptWorkflow[] = []
  const query = Object.values(WORKFLOWS)
    .map((type) => `WorkflowType = '${type}'`)
    .join(' OR ')
  await within(temporal, LIST_MS, async () => {
    for await (const { workflowId, runId, status } of temporal.client.workflow.list({ query }))
      if (workflowId === migrationWorkflowId(migration) || isPartOf(workflowId, migration))
        found.push({ workflowId, runId, open: status.name === 'RUNNING' })
  })
  return found
}

const isPartOf = (workflowId: string, migration: string): boolean => {
  const [kind, of, id] = workflowId.split('/')
  return ['run', 'verify', 'repair', 'inspection', 'night'].includes(kind ?? '') && of === migration && id !== undefined
}

/** Removes an execution with its history; one that is open is ended. One that is gone already is no error. */
export async function removeWorkflow(temporal: Temporal, { workflowId, runId }: KeptWorkflow): Promise<void> {
  const { namespace } = temporal.where
  try {
    await within(
      temporal,
      DELETE_MS,
      async () =>
        await temporal.connection.workflowService.deleteWorkflowExecution({
          namespace,
          workflowExecution: { workflowId, runId },
        }),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || (error as { code?: unknown }).code === NOT_FOUND) return
    throw error
  }
}

const NOT_FOUND = 5
