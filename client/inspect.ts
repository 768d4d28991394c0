import { randomUUID } from 'node:crypto'
import { WorkflowFailedError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { InspectionDocument } from '../core/api.js'
import type { Config } from '../core/config/types.js'
import type { Fitness } from '../core/fitness.js'
import { inspectionWorkflowId, TASK_QUEUES, WORKFLOWS } from '../core/names.js'
import type { InspectionAnswer, InspectionInput } from '../workflows/messages.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import type { ReadApi } from './read-api.js'
import { explainTemporal, type Temporal } from './temporal.js'
import { refusal } from './updates.js'
import { waitFor, type WaitOptions } from './waiting.js'

type Options = WaitOptions & { readonly signal: AbortSignal }

/** Has a worker look at source and target, and fetches what it found. Changes nothing. */
export const inspect = async (
  temporal: Temporal,
  api: ReadApi,
  what: InspectionDocument['what'] & InspectionInput['what'],
  config: Config,
  options: Options,
): Promise<InspectionDocument> => await inspected(temporal, { what, config }, options, (ref) => api.kept(ref))

/**
 * Has a worker ask whether the target is ready for production; `home` where something is applied. Runs the config's test
 * of restoring, which may take an hour; changes nothing on the servers.
 */
export const assess = async (
  temporal: Temporal,
  api: ReadApi,
  asked: Pick<InspectionInput, 'config' | 'home'>,
  options: Options,
): Promise<Fitness> => await inspected(temporal, { what: 'fitness', ...asked }, options, (ref) => api.keptFitness(ref))

/**
 * Where no worker is there (exit 3), or when the wait is given up, the workflow is terminated: nobody waits for its answer.
 */
async function inspected<T>(
  temporal: Temporal,
  input: InspectionInput,
  options: Options,
  fetch: (ref: string) => Promise<T>,
): Promise<T> {
  const workflowId = inspectionWorkflowId(input.config.migration, input.what, randomUUID())
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
    return await fetch(ref)
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
