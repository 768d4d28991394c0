import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { ParentClosePolicy, startChild, type ChildWorkflowHandle, WorkflowIdReusePolicy } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import { runWorkflowId } from '../core/names.js'
import { runIdAt, type RunSummary, unreadSummary } from '../core/run.js'
import type { RunStatus, VersionSummary } from '../core/status.js'
import { sentences } from '../core/text.js'
import { refuseExpired } from './apply-config.js'
import { migrationAttributes } from './attributes.js'
import { busy, type Entity, refOfRun, rememberRun, show } from './entity.js'
import { asRefusal, refused, tell } from './failures.js'
import { beginWork, endOfWork, haltedOf } from './hold-work.js'
import type { StartRunAnswer, StartRunRequest } from './messages.js'
import { refuseHeld } from './refuse-held.js'
import type { run, RunInput } from './run.js'
import { BRIEF, control, named } from './steps.js'

/** Starts a run of a version as a child that outlives this execution; refused while one is under way, or while all is held. */
export async function beginRun(
  entity: Entity,
  request: StartRunRequest & Pick<RunInput, 'broken'>,
): Promise<StartRunAnswer> {
  refuseExpired(request)
  const version = pick(entity, request.version)
  const target = entity.target
  const why = busy(entity)
  if (why !== null) throw refused(why, 'Wait for its end: a migration has one run at a time.')
  refuseHeld(entity, request.by)
  if (version === null || target === null)
    throw refused(
      request.version === null ? 'No version is applied yet' : `There is no version ${request.version}`,
      'Apply a config first: `nightferry apply FILE`.',
    )
  const { deadline } = request
  if (deadline !== undefined && Date.parse(deadline) <= Date.now())
    throw refused(`The run's deadline is over already (${deadline})`, 'Give a later one.')
  const started = new Date().toISOString()
  const taken = new Set(entity.runs.map((summary) => summary.run))
  for (;;) {
    const id = runIdAt(Date.now(), taken)
    const ref = refOfRun({ migration: entity.migration, target }, id, version.number)
    const status = statusOf(ref, version, started)
    entity.running = status
    entity.halted = null
    try {
      const handle = await beginWork(entity, async () => {
        await findHeldTables(entity, ref)
        return await startRunWorkflow(entity, ref, status, request)
      })
      show(entity)
      void watch(entity, status, handle)
      return { run: id, version: version.number, workflowId: status.workflowId }
    } catch (error) {
      entity.running = null
      // A run that an earlier entity of this name started, in the same second.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw asRefusal(error)
      taken.add(id)
    }
  }
}

const pick = ({ versions }: Entity, wanted: number | null): VersionSummary | null =>
  (wanted === null ? versions.at(-1) : versions.find(({ number }) => number === wanted)) ?? null

const statusOf = (
  { migration, run, target }: RunRef,
  { number: version, tables }: VersionSummary,
  started: string,
): RunStatus => ({
  ...{ run, version, workflowId: runWorkflowId(migration, run), started, target },
  ...{ phase: 'schema', tables: { total: tables, done: 0, stopped: 0 } },
})

/** `retry`: under the id that a run of the same ledger had before. */
export async function startRunWorkflow(
  entity: Entity,
  ref: RunRef,
  { workflowId, started }: RunStatus,
  { by, deadline, retry, broken }: Pick<StartRunRequest, 'by' | 'deadline'> & Pick<RunInput, 'retry' | 'broken'>,
): Promise<ChildWorkflowHandle<typeof run>> {
  const { migration, searchAttributes, knobs, around } = entity
  return await startChild<typeof run>('run', {
    workflowId,
    workflowIdReusePolicy:
      retry === undefined ? WorkflowIdReusePolicy.REJECT_DUPLICATE : WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [
      {
        ...{ ref, started, searchAttributes, entity: true, halted: haltedOf(entity), word: entity.word, knobs },
        ...(deadline !== undefined && { deadline }),
        ...(retry !== undefined && { retry }),
        ...(broken !== undefined && broken.length > 0 && { broken }),
        ...(around !== null && { around }),
      },
    ],
    staticSummary: `${migration}: run ${ref.run} of version ${ref.version}`,
    staticDetails: `Asked for by ${by}. Rows, bytes and failures: \`nightferry report ${migration} --run ${ref.run}\`.`,
    memo: { migration, run: ref.run, version: ref.version, by },
    ...(searchAttributes ? { typedSearchAttributes: migrationAttributes('schema', 'running') } : {}),
  })
}

/** Tables that wait alone: their ordinals in the version that runs, or is proved, from now on. */
export async function findHeldTables(entity: Entity, { migration, version, target }: RunRef): Promise<void> {
  const names = [...new Set(entity.holds.flatMap(({ table }) => table ?? []))]
  if (names.length === 0) return
  // What is noted meanwhile is of this version, and stays.
  entity.ordinals = {}
  const { found } = await named(control.findTables, 'tables that wait', { migration, version, target, names })
  const asked = Object.fromEntries(found.map(({ name, ordinal }) => [name, ordinal]))
  entity.ordinals = { ...asked, ...entity.ordinals }
}

/** Keeps the run's summary when it ends, however it ends. */
export async function watch(entity: Entity, status: RunStatus, handle: ChildWorkflowHandle<typeof run>): Promise<void> {
  try {
    const summary = await handle.result()
    // Its own status, and not only its id: the same run may have been taken up again already.
    if (entity.running === status) endOfRun(entity, summary)
  } catch (error) {
    await runIsGone(entity, status, reasonOf(error))
  }
}

function reasonOf(error: unknown): string {
  const { message, remedy } = tell(error)
  return sentences(message, remedy)
}

/** Its result says so, or its signal where an earlier execution began it. Said twice, it is heard once. */
export function endOfRun(entity: Entity, summary: RunSummary): void {
  rememberRun(entity, summary)
  endOfWork(entity)
  entity.running = null
  show(entity)
}

const GONE = 'The workflow of the run is gone: it was terminated, or Temporal lost it. Start a new run.'

/**
 * A run that ended and did not close itself: it was terminated, its history is gone, or it could not write its end. Said
 * again while it is being closed, it is heard once.
 */
export async function runIsGone(entity: Entity, status: RunStatus, reason = GONE): Promise<void> {
  const { migration, target } = entity
  if (target === null || entity.running !== status || entity.closing === status) return
  entity.closing = status
  // What is applied meanwhile may name another place.
  const told = status.target === undefined ? {} : { target: status.target }
  const summary = await giveUp(
    { ...refOfRun({ migration, target }, status.run, status.version), ...told },
    status,
    reason,
  )
  if (entity.running === status) endOfRun(entity, summary)
}

/** Tells the ledger of a run whose workflow was terminated or failed; where that fails too, only the entity knows. */
async function giveUp(ref: RunRef, status: RunStatus, reason: string): Promise<RunSummary> {
  try {
    return await named(control.abandonRun, `close ${ref.run} in the ledger`, { ref, reason }, BRIEF)
  } catch {
    const { run, version, started, tables } = status
    const ended = new Date().toISOString()
    return unreadSummary(run, { version, started, ended, tables: tables.total, reason })
  }
}
