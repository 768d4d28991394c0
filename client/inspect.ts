import { randomUUID } from 'node:crypto'
import { WorkflowFailedError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { InspectionDocument } from '../core/api.js'
import type { Config } from '../core/config/types.js'
import { inspectionWorkflowId, TASK_QUEUES, WORKFLOWS } from '../core/names.js'
import type { InspectionAnswer, InspectionInput } from '../workflows/messages.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import type { ReadApi } from './read-api.js'
import { explainTemporal, type Temporal } from './temporal.js'
import { refusal } from './updates.js'
import { waitFor, type WaitOptions } from './waiting.js'

/**
 * Has a worker look at source and target, and fetches what it found. Changes nothing. Where no worker is there (exit
 * 3), or when the wait is given up, the workflow is terminated: nobody waits for its answer.
 */
export async function inspect(
  temporal: Temporal,
  api: ReadApi,
  what: InspectionInput['what'],
  config: Config,
  options: WaitOptions & { readonly signal: AbortSignal },
): Promise<InspectionDocument> {
  const workflowId = inspectionWorkflowId(config.migration, what, randomUUID())
  const input: InspectionInput = { what, config }
  try {
    await temporal.client.workflow.start(WORKFLOWS.inspection, {
      workflowId,
      taskQueue: TASK_QUEUES.control,
      args: [input],
    })
  } catch (error) {
    throw explainTemporal(temporal.where, error)
  }
  const handle = temporal.client.workflow.getHandle(workflowId)
  const answer = Promise.race([handle.result() as Promise<InspectionAnswer>, whenAborted(options.signal)])
  try {
    const { ref } = await waitFor(temporal, workflowId, answer, options)
    return await api.kept(ref)
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw refusal(error)
    if (error instanceof Problem && error.exit === EXIT.unreachable)
      await handle.terminate('its command gave up').catch((late: unknown) => {
        if (!(late instanceof WorkflowNotFoundError)) throw error
      })
    throw error
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    const give = (): void =>
      reject(new Problem(EXIT.unreachable, 'interrupted before there was an answer', 'Nothing was changed.'))
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
  })
}
