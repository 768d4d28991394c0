import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { applyConfig } from './apply-config.js'
import { busy, type Entity, openEntity, statusOf } from './entity.js'
import { apply, migrationStatus, repair, startRun, verify, type MigrationInput } from './messages.js'
import { checkApply, checkProve, checkStartRun } from './shapes.js'
import { beginProof } from './begin-proof.js'
import { beginRun } from './begin-run.js'

/**
 * The entity: one source, one target, its whole life. It remembers versions and the last runs, takes one apply and one
 * run at a time, and waits. It never ends by itself and never fails: what cannot be done is refused.
 */
export async function migration(input: MigrationInput): Promise<void> {
  const entity = openEntity(input)
  setHandler(migrationStatus, () => statusOf(entity))
  setHandler(apply, (request) => applyConfig(entity, request), {
    validator: (request: unknown) => checkApply(request, entity.migration),
  })
  setHandler(startRun, (request) => beginRun(entity, request), {
    validator: (request: unknown) => checkStartRun(request),
  })
  setHandler(verify, (request) => beginProof(entity, 'verify', request), {
    validator: (request: unknown) => checkProve(request),
  })
  setHandler(repair, (request) => beginProof(entity, 'repair', request), {
    validator: (request: unknown) => checkProve(request),
  })
  // Signals come from anybody, and nobody has one that means anything yet.
  setDefaultSignalHandler(() => {})
  await condition(() => isLong() && isIdle(entity) && allHandlersFinished())
  const { versions, target, runs } = entity
  await continueAsNew<typeof migration>({ ...input, state: { versions, target, runs } })
}

/** A child's end is told to the execution that started it, so a run or a proof must be over before this one is. */
const isIdle = (entity: Entity): boolean => busy(entity) === null && !entity.applying

const MOST_EVENTS = 1000

const isLong = (): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > MOST_EVENTS
