import {
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  patched,
  setDefaultSignalHandler,
  setHandler,
} from '@temporalio/workflow'
import type { Around, Part, PreparedRetry, PreparedRun } from '../activities/messages.js'
import { isKnobs, type Knobs, onlyKnobs } from '../core/knobs.js'
import type { BrokenDecision } from '../core/plan/renew.js'
import { unreadSummary, type RunSummary } from '../core/run.js'
import { sentences } from '../core/text.js'
import { addConstraints } from './add-constraints.js'
import { buildAside } from './aside.js'
import { cloneInSnapshot } from './clone-in-snapshot.js'
import { conclude, type EndedRun } from './conclude.js'
import type { StepEnd } from './each-of.js'
import { refused, tell } from './failures.js'
import type { Halt } from './halt.js'
import { heed, type Heeding } from './heed.js'
import { holding } from './holding.js'
import { copied, type Heard, reading, runStatus, turnKnobs } from './messages.js'
import { isEnded } from './open-steps.js'
import { seal, validate } from './parts.js'
import type { Pass } from './pass.js'
import { proveLoad } from './prove-load.js'
import type { ProofCursor } from './prove.js'
import { prepareAgain, type Retried } from './retried.js'
import { showRun, type Show } from './show-run.js'
import { BRIEF, data, named } from './steps.js'
import type { TableState } from './table.js'
import { turning, type Turning } from './turning.js'
import { openHours } from './window.js'

export interface RunInput extends Heard {
  /** ISO 8601, UTC. */
  readonly started: string
  readonly searchAttributes: boolean
  readonly knobs?: Knobs
  /** What is done around it, of the applied config. Absent from runs of before there were nights: nothing. */
  readonly around?: Around
  /** Of a night: their tables stop before they are read. Absent: none. */
  readonly broken?: readonly BrokenDecision[]
  /** A run that ended is taken up again; absent: it begins. */
  readonly retry?: Retried
  /** Carried through continue-as-new; absent at the first start. */
  readonly state?: RunCursor
}

/** Where a run is. Whenever nothing is open, all parts before `next` of its step are finished, but those of `redo`. */
export interface RunCursor {
  prepared: PreparedRun
  /** Once it is decided how the run reads. */
  reading?: { readonly sessions: number; readonly first?: readonly Part[] }
  step: 'clone' | 'add' | 'validate' | 'seal' | 'prove' | 'close'
  next: number
  redo?: number[]
  /** Of big tables whose copy a hold has taken back: where each is. By ordinal. */
  held?: Readonly<Record<number, TableState>>
  /** The snapshot was lost in a hold, and the run starts again when that is over. */
  again?: true
  /** Ordinals of tables whose hold outlasted that snapshot: it starts again when none of them waits any more. */
  awaits?: readonly number[]
  /** The snapshot was lost, for this reason, and the ledger has not been told yet that the run goes on without. */
  lost?: string
  /** It is outside its hours, and the entity has been told. */
  closed?: true
  /** As the run was told; it may start again. */
  readonly broken?: readonly BrokenDecision[]
  /** For the report, of what was done before the first row. Absent: nothing. */
  readonly notes?: readonly string[]
  /** Of a run that is taken up again: no other tables are touched. Ordinals. */
  readonly only?: readonly number[]
  /** Of such a run: tables whose foreign keys refer to these. */
  readonly referring?: PreparedRetry['referring']
  /** Once the step is `prove`. */
  proof?: ProofCursor
  /** Tables, for people who look. */
  done: number
  stopped: number
}

type RunStep = (pass: Pass) => Promise<StepEnd>

const STEPS: Readonly<Record<Exclude<RunCursor['step'], 'close'>, { work: RunStep; then: RunCursor['step'] }>> = {
  clone: { work: cloneInSnapshot, then: 'add' },
  add: { work: addConstraints, then: 'validate' },
  validate: { work: validate, then: 'seal' },
  seal: { work: seal, then: 'prove' },
  prove: { work: proveLoad, then: 'close' },
}

/**
 * One pass: schema, clone with indexes, constraints, each table's counter and vacuum, then the proof of the load. Tables
 * stop alone; the run ends with a summary whatever happens, and fails only where not even its ledger can be written. A
 * hold makes it wait wherever it is.
 */
export async function run(input: RunInput): Promise<RunSummary> {
  const heeding = heed(input)
  const knobs = turning<Knobs>(input.knobs ?? {})
  const show = showRun(input, heeding.halt)
  setHandler(runStatus, show.status)
  setHandler(copied, () => show.partCopied())
  setHandler(turnKnobs, (value: unknown) => {
    if (isKnobs(value)) knobs.set(onlyKnobs(value))
  })
  setDefaultSignalHandler(() => {})
  try {
    const ended = await heeding.untilEnd(() => goThrough(input, heeding, knobs, show))
    // Its deadline, or whoever ends it, comes too late for what is complete.
    const summary = await CancellationScope.nonCancellable(async () => {
      if (input.around !== undefined) show.enter('publish')
      return await conclude(input, ended, heeding)
    })
    show.ended(summary.state)
    await heeding.over(summary)
    return summary
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    return await CancellationScope.nonCancellable(() => closeEarly(input, heeding, show, error))
  }
}

async function goThrough(input: RunInput, heeding: Heeding, knobs: Turning<Knobs>, show: Show): Promise<EndedRun> {
  const { ref } = input
  const { halt } = heeding
  let cursor = input.state ?? null
  heeding.onLong(() =>
    continueAsNew<typeof run>({
      ...{ ...input, ...heeding.carried(), knobs: knobs.now },
      ...(cursor !== null && { state: cursor }),
    }),
  )
  cursor ??= await heeding.step(() => prepare(input, halt))
  show.follow(cursor)
  // What the entity knows may be of the same run's first pass.
  if (cursor.only !== undefined && input.state === undefined)
    heeding.tell(reading, { label: 'best-effort', sessions: cursor.prepared.parallelism })
  const { tell: tellEntity, holdsSnapshot } = heeding
  const hours = openHours({ halt, knobs, cursor, tell: tellEntity })
  // What an earlier execution has told goes on to be true, also while something else holds the run.
  if (cursor.closed === true) hours.begin()
  const pass: Pass = { ref, cursor, show, halt, knobs, hours, tell: tellEntity, holdsSnapshot }
  while (cursor.step !== 'close') {
    const { work, then } = STEPS[cursor.step]
    await heeding.step(() => work(pass))
    // A run that was past its last step before there were proofs goes to its end as it did.
    Object.assign(cursor, { step: then === 'prove' && !patched('load-proof') ? 'close' : then, next: 0 })
  }
  const close = (): Promise<RunSummary> => named(data.closeRun, 'close the run', { ref, reason: null })
  const summary = await heeding.step(() => holding(halt, close))
  return { summary, through: true, closed: true, notes: cursor.notes ?? [] }
}

async function prepare(input: RunInput, halt: Halt): Promise<RunCursor> {
  const { ref, retry, broken } = input
  if (retry !== undefined) return await prepareAgain(input, retry, halt)
  const summary = `version ${ref.version}: look at both sides, build the tables`
  const told = broken === undefined ? {} : { broken }
  const notes = await buildAside(input, halt)
  const prepared = await holding(halt, () => named(data.prepareRun, summary, { ref, ...told }), { beforeRows: true })
  const noted = notes.length === 0 ? {} : { notes }
  return { prepared, step: 'clone', next: 0, done: 0, stopped: prepared.stopped, ...told, ...noted }
}

/** Closes the run in the ledger as incomplete. Where that is impossible the entity is told why, and the workflow fails. */
async function closeEarly(input: RunInput, heeding: Heeding, show: Show, error: unknown): Promise<RunSummary> {
  const { ref, started } = input
  const { kind, message, remedy } = tell(error)
  const ended = heeding.endedBecause ?? 'The run was cancelled'
  const reason = isEnded(error) ? ended : sentences(message, remedy)
  show.ended('incomplete')
  const close = { ref, reason }
  const closed = await named(data.closeRun, 'close the run as incomplete', close, BRIEF).catch(() => null)
  const now = new Date().toISOString()
  const unread = unreadSummary(ref.run, { version: ref.version, started, ended: now, tables: 0, reason })
  // It was complete before it was told to end: that comes too late.
  const through = closed?.state === 'complete'
  const early = { summary: closed ?? unread, through, closed: closed !== null, notes: input.state?.notes ?? [] }
  const summary = await conclude(input, early, heeding)
  if (closed !== null) {
    await heeding.over(summary)
    return summary
  }
  await heeding.over(null, reason)
  throw refused(isEnded(error) ? ended : message, remedy ?? 'Start a new run.', kind)
}
