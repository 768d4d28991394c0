import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { ParentClosePolicy, startChild, type ChildWorkflowHandle, WorkflowIdReusePolicy } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import type { NumberedProof } from '../activities/proof-messages.js'
import { proofWorkflowId } from '../core/names.js'
import type { ProofId } from '../core/proof.js'
import { runToProve, type RunId, type RunSummary } from '../core/run.js'
import type { ProvingStatus } from '../core/status.js'
import { refuseExpired } from './apply-config.js'
import { findHeldTables } from './begin-run.js'
import { busy, type Entity, rememberMended, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import { beginWork, endOfWork, haltedOf } from './hold-work.js'
import type { ProofWorkflowInput, ProveAnswer, ProveRequest, RepairResult } from './messages.js'
import { refuseHeld } from './refuse-held.js'
import { BRIEF, control, located, named } from './steps.js'

type Kind = ProvingStatus['kind']
type Handle = ChildWorkflowHandle<(input: ProofWorkflowInput) => Promise<unknown>>

/** Starts a verify or a repair as a child that outlives this execution; refused while a run or another one is under way. */
export async function beginProof(entity: Entity, kind: Kind, request: ProveRequest): Promise<ProveAnswer> {
  refuseExpired(request)
  const why = busy(entity)
  if (why !== null) throw refused(why, 'Wait for its end: a migration has one run or proof at a time.')
  refuseHeld(entity, request.by)
  const ref = pick(entity, request.run)
  entity.numbering = true
  try {
    return await begin(entity, kind, request, ref)
  } catch (error) {
    throw asRefusal(error)
  } finally {
    entity.numbering = false
  }
}

function pick({ migration, runs, target }: Entity, wanted: RunId | null): RunRef {
  const run =
    wanted === null ? runToProve(runs, target?.published !== undefined) : runs.find((summary) => summary.run === wanted)
  if (run !== undefined && target !== null) return { migration, run: run.run, version: run.version, target }
  throw refused(
    wanted === null ? 'No run has ended yet: there is nothing to prove' : `There is no run ${wanted}`,
    wanted === null ? 'Start one: `nightferry run FILE`.' : `List them: \`nightferry runs ${migration}\`.`,
  )
}

async function begin(entity: Entity, kind: Kind, request: ProveRequest, picked: RunRef): Promise<ProveAnswer> {
  const ref = await located(picked)
  const started = new Date().toISOString()
  const taken: ProofId[] = []
  for (;;) {
    const input = { ref, tables: request.tables, taken }
    const numbered = await named(control.numberProof, `number a ${kind} of ${ref.run}`, input)
    const workflowId = proofWorkflowId(kind, ref.migration, numbered.proof)
    const { run, version } = ref
    const status: ProvingStatus = { proof: numbered.proof, run, kind, version, workflowId, started }
    entity.proving = status
    entity.halted = null
    try {
      const handle = await beginWork(entity, async () => {
        await findHeldTables(entity, ref)
        return await start(entity, ref, status, request, numbered)
      })
      show(entity)
      void watch(entity, ref, status, handle)
      return { proof: numbered.proof, run: ref.run, workflowId }
    } catch (error) {
      entity.proving = null
      // One that began, and ended before its ledger knew of it.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      taken.push(numbered.proof)
    }
  }
}

async function start(
  entity: Entity,
  ref: RunRef,
  { proof, run, kind, workflowId, started }: ProvingStatus,
  { by, withSource, witness }: ProveRequest,
  { tables, lanes }: NumberedProof,
): Promise<Handle> {
  const asked = { proof, run, kind, withSource, witness, tables }
  const heard = { ref, entity: true, halted: haltedOf(entity), word: entity.word } as const
  const input: ProofWorkflowInput = { ...heard, started, lanes, request: asked }
  return await startChild<(input: ProofWorkflowInput) => Promise<unknown>>(kind, {
    workflowId,
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    args: [input],
    staticSummary: `${ref.migration}: ${kind} ${proof}`,
    staticDetails: `Asked for by ${by}. Verdicts and differences: \`nightferry report ${ref.migration} --run ${run}\`.`,
    memo: { migration: ref.migration, run, proof, by },
  })
}

/** However it ends, the next one may begin; a proof whose workflow could not close it is closed here. */
async function watch(entity: Entity, ref: RunRef, status: ProvingStatus, handle: Handle): Promise<void> {
  try {
    const result = (await handle.result()) as Partial<RepairResult> | undefined
    if (entity.proving?.workflowId === status.workflowId) endOfProof(entity, result?.run ?? null)
  } catch {
    await abandon(entity, ref, status)
  }
}

/** Its result says so, or its signal where an earlier execution began it. */
export function endOfProof(entity: Entity, mended: RunSummary | null = null): void {
  if (mended !== null) rememberMended(entity, mended)
  endOfWork(entity)
  entity.proving = null
  show(entity)
}

/** One that ended without a word, and whose end nobody watches. Said again while it is being closed, it is heard once. */
export async function proofIsGone(entity: Entity, status: ProvingStatus): Promise<void> {
  if (entity.closing === status) return
  entity.closing = status
  const { migration, target, runs } = entity
  const version = status.version ?? runs.find(({ run }) => run === status.run)?.version
  // No ledger to be found: only the entity knows, and does not wait for it for ever.
  if (target === null || version === undefined) return endOfProof(entity)
  await abandon(entity, { migration, run: status.run, version, target }, status)
}

async function abandon(entity: Entity, ref: RunRef, { proof, workflowId }: ProvingStatus): Promise<void> {
  // Where this fails too, its report says that it has not ended, and calls no table of it proved.
  await named(control.abandonProof, `close ${proof} in the ledger`, { ref, proof }, BRIEF).catch(() => {})
  if (entity.proving?.workflowId === workflowId) endOfProof(entity)
}
