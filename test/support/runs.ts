import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client'
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common'
import { runWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import type { RunId } from '../../core/run.js'
import type { migration } from '../../workflows/migration.js'
import { apply, startRun, type StartRunAnswer } from '../../workflows/messages.js'
import type { run } from '../../workflows/run.js'
import { configOf } from './scripted.js'
import type { World } from './world.js'

export const soon = (): number => Date.now() + 60_000

/** Applies a config and starts a run of it. */
export async function applyAndRun(entity: WorkflowHandle<typeof migration>, name: string): Promise<StartRunAnswer> {
  await entity.executeUpdate(apply, { args: [{ config: configOf(name), by: 'ada', expires: soon() }] })
  return await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
}

/** A run without an entity above it. */
export async function startRunAlone(
  world: World,
  id: RunId = '20261120-030000',
): Promise<WorkflowHandleWithFirstExecutionRunId<typeof run>> {
  return await world.client.workflow.start<typeof run>(WORKFLOWS.run, {
    workflowId: runWorkflowId('shop', id),
    taskQueue: TASK_QUEUES.control,
    args: [
      {
        ref: { migration: 'shop', run: id, version: 1, target: { connection: 'to', database: null } },
        started: '2026-11-20T03:00:00.000Z',
        searchAttributes: false,
      },
    ],
  })
}

/** The failure that somebody threw on purpose, below the wrappers. */
export async function failureOf(promise: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof ApplicationFailure) return at
  throw error
}

/** Sends a signal whose payload is given byte by byte: what no client of ours would send. */
export async function signalRaw(
  client: Client,
  workflowId: string,
  signalName: string,
  payload: Payload,
): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [payload] },
  })
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What anybody may send: wrong encodings, broken JSON, wrong types. */
export const GARBAGE: Readonly<Record<string, Payload>> = {
  'broken JSON': { metadata: { encoding: bytes('json/plain') }, data: bytes('{"a":') },
  'an unknown encoding': { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('x') },
  'no encoding': { metadata: {}, data: bytes('x') },
  null: defaultPayloadConverter.toPayload(null),
  text: defaultPayloadConverter.toPayload('four'),
  'a negative number': defaultPayloadConverter.toPayload(-3),
  'a huge number': defaultPayloadConverter.toPayload(1e9),
  'an object': defaultPayloadConverter.toPayload({ width: { of: 4 } }),
}
