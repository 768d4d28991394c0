import { randomUUID } from 'node:crypto'
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { InspectionDocument } from '../core/api.js'
import type { Config } from '../core/config/types.js'
import type { Fitness } from '../core/fitness.js'
import { fitnessWorkflowId, inspectionWorkflowId, TASK_QUEUES, WORKFLOWS } from '../core/names.js'
import { plain } from '../core/text.js'
import type { InspectionAnswer, InspectionInput } from '../workflows/messages.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import type { ReadApi } from './read-api.js'
import { explainTemporal, type Temporal } from './temporal.js'
import { refusal, whoAmI } from './updates.js'
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
 * of restoring, which may take an hour; changes nothing on the servers. One at a time: a second one is refused meanwhile.
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
  const handle = await begin(temporal, input)
  const { workflowId } = handle
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

/** The handle is of this execution alone: what somebody else begins under the same id later is not ours to end. */
async function begin(temporal: Temporal, input: InspectionInput): Promise<WorkflowHandle> {
  const { config, what } = input
  const { migration } = config
  const workflowId =
    what === 'fitness' ? fitnessWorkflowId(migration) : inspectionWorkflowId(migration, what, randomUUID())
  const { workflow } = temporal.client
  try {
    const taskQueue = TASK_QUEUES.control
    const { firstExecutionRunId } = await workflow.start(WORKFLOWS.inspection, {
      ...{ workflowId, taskQueue, args: [input] },
      memo: { by: whoAmI() },
    })
    return workflow.getHandle(workflowId, firstExecutionRunId)
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw await underWay(temporal, migration, workflowId)
    throw explainTemporal(temporal.where, error)
  }
}

async function underWay({ client }: Temporal, migration: string, workflowId: string): Promise<Problem> {
  const found = await client.workflow
    .getHandle(workflowId)
    .describe()
    .catch(() => null)
  const by = found?.memo?.['by']
  const who = typeof by === 'string' ? `, begun by ${plain(by)} at ${found?.startTime.toISOString()}` : ''
  return new Problem(
    EXIT.refused,
    `The target of ${migration} is being asked already${who}`,
    `Wait for its end: it runs target.restore_test as well, which may take an hour. Where nobody waits for it any more: temporal workflow terminate --workflow-id ${workflowId}`,
  )
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    const give = (): void =>
      reject(new Problem(EXIT.unreachable, 'interrupted before there was an answer', 'Nothing was changed.'))
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
  })
}
