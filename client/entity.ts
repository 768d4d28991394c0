import { QueryRejectedError, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { WorkflowIdConflictPolicy, WorkflowNotFoundError } from '@temporalio/common'
import { migrationWorkflowId, QUERIES, SEARCH_ATTRIBUTES, TASK_QUEUES, WORKFLOWS } from '../core/names.js'
import { type MigrationStatus, type ToldStatus, wholeStatus } from '../core/status.js'
import type { MigrationInput } from '../workflows/messages.js'
import { examine } from './health.js'
import { noControlWorker, stuckWorkflow } from './patience.js'
import { explainTemporal, within, type Temporal } from './temporal.js'

const QUERY_MS = 3000

/** What `migration/<name>` said within 3 s. */
export type Asked =
  | { readonly answer: 'status'; readonly status: MigrationStatus }
  /** No such workflow, or a closed one. */
  | { readonly answer: 'absent' }
  | { readonly answer: 'silent' }

/** Asks the entity; changes nothing. */
export async function askStatus(temporal: Temporal, migration: string): Promise<Asked> {
  const handle = temporal.client.workflow.getHandle(migrationWorkflowId(migration))
  try {
    const told = async (): Promise<ToldStatus> => await handle.query<ToldStatus>(QUERIES.status)
    return { answer: 'status', status: wholeStatus(await within(temporal, QUERY_MS, told)) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryRejectedError) return { answer: 'absent' }
    if (isSilence(error)) return { answer: 'silent' }
    throw explainTemporal(temporal.where, error)
  }
}

/**
 * A deadline of ours, as gRPC says it (4) or as the SDK does, which cancels the call (1), whichever is first; or the
 * server's word that nobody polls, or that the workflow task keeps failing (9).
 */
function isSilence(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  const code = (cause as { code?: unknown } | undefined)?.code
  return code === 1 || code === 4 || code === 9
}

/**
 * The entity's status; starts the entity where it is absent. Where nothing answers: a Problem with exit 3, and an
 * entity that this call started is terminated again, so that nothing has changed.
 */
export async function ensureEntity(temporal: Temporal, migration: string): Promise<MigrationStatus> {
  let asked = await askStatus(temporal, migration)
  let started: string | null = null
  if (asked.answer === 'absent') {
    started = await startEntity(temporal, migration)
    asked = await askStatus(temporal, migration)
  }
  if (asked.answer === 'status') return asked.status
  const problem = await explainSilence(temporal, migration)
  if (started !== null) await takeBack(temporal, migration, started)
  throw problem
}

/** Why the entity does not answer: a workflow task that keeps failing, or nobody there. */
export async function explainSilence(temporal: Temporal, migration: string): Promise<Error> {
  const { stuck } = await examine(temporal, migrationWorkflowId(migration), false)
  return stuck === null ? noControlWorker() : stuckWorkflow(stuck)
}

/** Returns the execution's id, or null where somebody else was first. */
async function startEntity(temporal: Temporal, migration: string): Promise<string | null> {
  const input: MigrationInput = { migration, searchAttributes: await hasSearchAttributes(temporal) }
  try {
    const handle = await temporal.client.workflow.start(WORKFLOWS.migration, {
      workflowId: migrationWorkflowId(migration),
      taskQueue: TASK_QUEUES.control,
      args: [input],
      // Not USE_EXISTING: what we take back must be what we started.
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    })
    return handle.firstExecutionRunId
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return null
    throw explainTemporal(temporal.where, error)
  }
}

async function takeBack(temporal: Temporal, migration: string, firstExecutionRunId: string): Promise<void> {
  const handle = temporal.client.workflow.getHandle(migrationWorkflowId(migration), undefined, { firstExecutionRunId })
  await handle.terminate('started by a command that found no control worker').catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  })
}

async function hasSearchAttributes(temporal: Temporal): Promise<boolean> {
  try {
    const { namespace } = temporal.where
    const known = await within(
      temporal,
      3000,
      async () => await temporal.connection.operatorService.listSearchAttributes({ namespace }),
    )
    return Object.values(SEARCH_ATTRIBUTES).every((name) => name in (known.customAttributes ?? {}))
  } catch {
    // Not every account may ask the operator service. Without them all works, the UI shows less.
    return false
  }
}
