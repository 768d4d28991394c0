import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import { adopt as adoptLedger } from './adopt.js'
import { admitNight } from './admit-night.js'
import { abortWork } from './abort.js'
import { applyConfig } from './apply-config.js'
import { writeAgain } from './audit.js'
import { beginProof } from './begin-proof.js'
import { beginRun } from './begin-run.js'
import { clean as cleanUp } from './clean.js'
import { changeCopy } from './copy.js'
import { busy, type Entity, openEntity, stateOf, statusOf } from './entity.js'
import { hearWork } from './hear-work.js'
import { tellHalt } from './hold-work.js'
import {
  admit,
  adopt,
  apply,
  clean,
  copy,
  migrationStatus,
  pause,
  pauseSignal,
  publish,
  repair,
  resume,
  resumeSignal,
  retry,
  abort,
  schedule,
  skip,
  startRun,
  set,
  verify,
  waive,
  type MigrationInput,
} from './messages.js'
import { hearSignal, pauseMigration, resumeMigration } from './pause.js'
import { publishGeneration } from './publish.js'
import { retryRun } from './retry.js'
import { scheduleNights } from './schedule.js'
import { setKnobs } from './set.js'
import {
  checkAbort,
  checkAdopt,
  checkApply,
  checkCopy,
  checkPause,
  checkProve,
  checkPublish,
  checkRequest,
  checkResume,
  checkRetry,
  checkSchedule,
  checkSet,
  checkSkip,
  checkStartRun,
  checkWaive,
} from './shapes.js'
import { skipTable } from './skip.js'
import { waiveCheck } from './waive.js'

/**
 * The entity: one source, one target, its whole life. It remembers versions, holds and the last runs, takes one apply
 * and one run at a time, and waits. It never ends by itself and never fails: what cannot be done is refused.
 */
export async function migration(input: MigrationInput): Promise<void> {
  const entity = openEntity(input)
  writeAgain(entity)
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
  setHandler(pause, (request) => pauseMigration(entity, request), {
    validator: (request: unknown) => checkPause(request),
  })
  setHandler(resume, (request) => resumeMigration(entity, request), {
    validator: (request: unknown) => checkResume(request),
  })
  setHandler(adopt, (request) => adoptLedger(entity, request), {
    validator: (request: unknown) => checkAdopt(request),
  })
  setHandler(clean, (request) => cleanUp(entity, request), { validator: (request: unknown) => checkRequest(request) })
  setHandler(set, (request) => setKnobs(entity, request), { validator: (request: unknown) => checkSet(request) })
  setHandler(retry, (request) => retryRun(entity, request), { validator: (request: unknown) => checkRetry(request) })
  setHandler(skip, (request) => skipTable(entity, request), { validator: (request: unknown) => checkSkip(request) })
  setHandler(abort, (request) => abortWork(entity, request), { validator: (request: unknown) => checkAbort(request) })
  setHandler(schedule, (request) => scheduleNights(entity, request), {
    validator: (request: unknown) => checkSchedule(request),
  })
  setHandler(publish, (request) => publishGeneration(entity, request), {
    validator: (request: unknown) => checkPublish(request),
  })
  setHandler(copy, (request) => changeCopy(entity, request), { validator: (request: unknown) => checkCopy(request) })
  setHandler(waive, (request) => waiveCheck(entity, request), { validator: (request: unknown) => checkWaive(request) })
  setHandler(admit, (asked: unknown) => admitNight(entity, asked))
  setHandler(pauseSignal, (payload: unknown) => hearSignal(entity, 'pause', payload))
  setHandler(resumeSignal, (payload: unknown) => hearSignal(entity, 'resume', payload))
  hearWork(entity)
  setDefaultSignalHandler(() => {})
  // Executions of before there were holds waited for the end of what runs.
  const whileBusy = patched('continues-while-busy')
  // What was sent to what runs between two executions may be lost.
  if (whileBusy) tellHalt(entity)
  await condition(() => isLong() && (whileBusy || busy(entity) === null) && isIdle(entity) && allHandlersFinished())
  await continueAsNew<typeof migration>({ ...input, state: stateOf(entity) })
}

const isIdle = ({ applying, numbering }: Entity): boolean => !applying && !numbering

const MOST_EVENTS = 1000

const isLong = (): boolean => workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > MOST_EVENTS
