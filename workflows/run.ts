import {
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  isCancellation,
  patched,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import type { Part, PreparedRun, RunRef } from '../activities/messages.js'
import type { RunSummary } from '../core/run.js'
import { addConstraints } from './add-constraints.js'
import { cloneInSnapshot } from './clone-in-snapshot.js'
import { refused, tell } from './failures.js'
import { copied, runStatus } from './messages.js'
import { seal, validate } from './parts.js'
import { proveLoad } from './prove-load.js'
import type { ProofCursor } from './prove.js'
import { showRun, type Show } from './show-run.js'
import { BRIEF, data, named } from './steps.js'

export interface RunInput {
  readonly ref: RunRef
  /** ISO 8601, UTC. */
  readonly started: string
  readonly searchAttributes: boolean
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: RunCursor
}

/** Where a run is. Whenever nothing is open, all parts before `next` of its step are finished. */
export interface RunCursor {
  prepared: PreparedRun
  /** Once it is decided how the run reads. */
  reading?: { readonly sessions: number; readonly first?: readonly Part[] }
  step: 'clone' | 'add' | 'validate' | 'seal' | 'prove' | 'close'
  next: number
  /** Once the step is `prove`. */
  proof?: ProofCursor
  /** Tables, for people who look. */
  done: number
  stopped: number
}

/** `long`: the step drained because the history is long, and goes on where it was in a new execution. */
export type StepEnd = 'done' | 'long'

type RunStep = (input: RunInput, cursor: RunCursor, show: Show) => Promise<StepEnd>

const STEPS: Readonly<Record<Exclude<RunCursor['step'], 'close'>, { work: RunStep; then: RunCursor['step'] }>> = {
  clone: { work: cloneInSnapshot, then: 'add' },
  add: { work: addConstraints, then: 'validate' },
  validate: { work: validate, then: 'seal' },
  seal: { work: seal, then: 'prove' },
  prove: { work: proveLoad, then: 'close' },
}

/**
 * One pass: schema, clone with indexes, constraints, each table's counter and vacuum, then the proof of the load. Tables
 * stop alone; the run ends with a summary whatever happens, and fails only where not even its ledger can be written.
 */
export async function run(input: RunInput): Promise<RunSummary> {
  const show = showRun(input)
  setHandler(runStatus, show.status)
  setHandler(copied, () => show.partCopied())
  setDefaultSignalHandler(() => {})
  try {
    const cursor = input.state ?? (await prepare(input))
    show.follow(cursor)
    while (cursor.step !== 'close') {
      const { work, then } = STEPS[cursor.step]
      if ((await work(input, cursor, show)) === 'long') await continueAsNew<typeof run>({ ...input, state: cursor })
      // A run that was past its last step before there were proofs goes to its end as it did.
      Object.assign(cursor, { step: then === 'prove' && !patched('load-proof') ? 'close' : then, next: 0 })
    }
    const summary = await named(data.closeRun, 'close the run', { ref: input.ref, reason: null })
    show.ended(summary.state)
    return summary
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    return await CancellationScope.nonCancellable(() => closeEarly(input.ref, show, error))
  }
}

async function prepare({ ref }: RunInput): Promise<RunCursor> {
  const prepared = await named(data.prepareRun, `version ${ref.version}: look at both sides, build the tables`, { ref })
  return { prepared, step: 'clone', next: 0, done: 0, stopped: prepared.stopped }
}

/** Closes the run in the ledger as incomplete; the workflow fails with the first error where that is impossible. */
async function closeEarly(ref: RunRef, show: Show, error: unknown): Promise<RunSummary> {
  const { kind, message, remedy } = tell(error)
  const reason = isCancellation(error) ? 'The run was cancelled' : [message, remedy].filter(Boolean).join('. ')
  show.ended('incomplete')
  try {
    return await named(data.closeRun, 'close the run as incomplete', { ref, reason }, BRIEF)
  } catch {
    throw refused(message, remedy ?? 'Start a new run.', kind)
  }
}
