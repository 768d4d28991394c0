import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { sleep } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import type { PlannedRetry } from '../activities/plan-retry.js'
import { runWorkflowId } from '../core/names.js'
import { lastBegun, type RunId } from '../core/run.js'
import type { RunStatus } from '../core/status.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import { findHeldTables, startRunWorkflow, watch } from './begin-run.js'
import { busy, type Entity, show } from './entity.js'
import { asRefusal, refused } from './failures.js'
import { beginWork } from './hold-work.js'
import type { RetryAnswer, RetryRequest } from './messages.js'
import { refuseHeld } from './refuse-held.js'
import { control, located, named } from './steps.js'

/** A run tells of its end just before its workflow ends, and until then its id is taken. */
const MOST_TRIES = 10

/**
 * Takes tables of the run whose rows the target has up again, under the newest version, in a new execution of the same run over the same
 * ledger. Refused while anything is under way or held, and where other tables would have to be done again.
 */
export async function retryRun(entity: Entity, request: RetryRequest): Promise<RetryAnswer> {
  refuseExpired(request)
  const why = busy(entity)
  if (why !== null) throw refused(why, 'Retry when it has ended.')
  refuseHeld(entity, request.by)
  const asked = pick(entity, request.run)
  entity.numbering = true
  try {
    const picked = await located(asked)
    const what = request.tables === null ? 'every table that stopped' : request.tables.join(', ')
    const rows = request.run === null ? 'newest' : 'own'
    const input = { ...picked, names: request.tables, rows } as const
    const planned = await named(control.planRetry, `may ${what} be retried?`.slice(0, 200), input)
    const ref: RunRef = { ...picked, run: planned.run ?? picked.run }
    const { run, version } = ref
    const { workflowId } = await begin(entity, ref, request, planned)
    const tables = planned.tables.map(({ name }) => name)
    const about = { run, version, tables: tables.join(', ').slice(0, 400), again: planned.again }
    audit(entity, { what: 'retry', by: request.by, why: '', about })
    return { run, version, workflowId, tables, again: planned.again }
  } catch (error) {
    throw asRefusal(error)
  } finally {
    entity.numbering = false
  }
}

/** The run that was named, or the last one: whose rows the target has is judged there. It goes on under the newest version. */
function pick({ migration, runs, versions, target }: Entity, wanted: RunId | null): RunRef {
  const last = lastBegun(runs)
  if (last === undefined || target === null)
    throw refused('No run has ended yet: there is nothing to retry', 'Start one: `nightferry run FILE`.')
  const run = wanted === null ? last : runs.find((one) => one.run === wanted)
  if (run === undefined) throw refused(`There is no run ${wanted}`, `List them: \`nightferry runs ${migration}\`.`)
  return { migration, run: run.run, version: versions.at(-1)?.number ?? run.version, target }
}

async function begin(
  entity: Entity,
  ref: RunRef,
  { by }: RetryRequest,
  { tables, total }: PlannedRetry,
): Promise<RunStatus> {
  const { run, version, target } = ref
  const status: RunStatus = {
    ...{ run, version, target, workflowId: runWorkflowId(ref.migration, run), started: new Date().toISOString() },
    ...{ phase: 'schema', tables: { total, done: 0, stopped: 0 } },
  }
  for (let tries = 1; ; tries++) {
    entity.running = status
    entity.halted = null
    try {
      const handle = await beginWork(entity, async () => {
        await findHeldTables(entity, ref)
        const published = entity.runs.find((one) => one.run === run)?.published
        const retry = { tables: tables.map(({ ordinal }) => ordinal), ...(published !== undefined && { published }) }
        return await startRunWorkflow(entity, ref, status, { by, retry })
      })
      show(entity)
      void watch(entity, status, handle)
      return status
    } catch (error) {
      entity.running = null
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || tries === MOST_TRIES) throw error
      await sleep('1 second')
    }
  }
}
