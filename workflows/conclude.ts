import { CancellationScope, condition, ContinueAsNew, isCancellation, patched, sleep } from '@temporalio/workflow'
import type { HookMoment } from '../core/config/types.js'
import type { Published } from '../core/generation.js'
import { memoryOf } from '../core/place.js'
import type { PublishedState, RunSummary } from '../core/run.js'
import { sentences } from '../core/text.js'
import { refused, tell } from './failures.js'
import type { Heeding } from './heed.js'
import { published } from './messages.js'
import type { RunInput } from './run.js'
import { ASSESSING_RUN, BRIEF, control, named, PATIENT, PUBLISHING } from './steps.js'

/** How a run ended, before anything is done with what it built. */
export interface EndedRun {
  readonly summary: RunSummary
  /** It went through: false where it ended early. */
  readonly through: boolean
  /** Its ledger says so; false: that could not be written. */
  readonly closed: boolean
  /** For the report. */
  readonly notes: readonly string[]
}

/**
 * What is done around a run once it has ended: it is remembered with its news, published where it is green, copied, and
 * whoever is to hear of it is told. Nothing that fails here undoes what the run proved: it is named among the notes.
 */
export async function conclude(input: RunInput, ended: EndedRun, heeding: Heeding): Promise<RunSummary> {
  const { summary, closed, through } = ended
  if (input.around === undefined) return summary
  const notes = [...ended.notes]
  const noted = <T>(what: string, work: () => Promise<T>): Promise<T | null> => orNote(notes, what, work)
  const remembered = await noted('It is not in the memory', () =>
    remember(input, ended, { published: stateNow(input), notes, read: closed }),
  )
  const state = (await publish(input, ended, heeding, notes)) === null ? stateNow(input) : 'published'
  const concluded = { ...summary, published: state }
  let kept = ended.notes.length
  const keep = async (): Promise<void> => {
    await noted('It is not in the memory', () => remember(input, ended, { published: state, notes, read: false }))
    kept = notes.length
  }
  // Copies and hooks may take long, and people already read it.
  if (state !== stateNow(input)) {
    await keep()
    heeding.tell(published, { summary: concluded })
  }
  const behind = stoppable(heeding, ended)
  if (state === 'published' && input.retry === undefined && input.around.copies)
    await noted('Copies', () =>
      behind(() => named(control.makeCopies, 'make the copies', { ref: input.ref }, PUBLISHING)),
    )
  const moments = input.retry === undefined ? momentsOf(summary, state, remembered?.news ?? 0) : []
  for (const moment of moments)
    await noted(`Hook ${moment}`, () => behind(() => runHook(input, summary, state, moment, notes)))
  // Behind whoever is to be woken: it asks many. What was ended is over at once.
  if (closed && through && heeding.endedBecause === null && patched('assess-target'))
    await noted("The target's fitness", () => assess(input, heeding))
  if (notes.length > kept) await keep()
  return concluded
}

/**
 * Whoever ends a run that went through ends what is done behind it, and a pause stops it, to be begun again. What ended early hears
 * of neither: it is over.
 */
function stoppable(heeding: Heeding, { through }: EndedRun): <T>(work: () => Promise<T>) => Promise<T> {
  if (!through || heeding.endedBecause !== null) return async (work) => await work()
  return async <T>(work: () => Promise<T>) => {
    const held = (): Promise<T> => heeding.halt.run(work)
    const isEnded = (): boolean => heeding.endedBecause !== null
    return await unlessEnded(heeding, isEnded, '', async () => (await heeding.step<T>(held)) as T)
  }
}

/** Before it is published, if it ever is: a run that was taken up again may be what people read already. */
function stateNow({ ref: { target }, retry }: RunInput): PublishedState {
  if (target.published === undefined) return 'in place'
  if (retry?.published !== undefined) return retry.published
  return target.database === target.published ? 'published' : 'not published'
}

interface Told {
  readonly published: PublishedState
  readonly notes: readonly string[]
  /** Its ledger is read for it. */
  readonly read: boolean
}

async function remember(
  { ref }: RunInput,
  { summary, closed }: EndedRun,
  { published, notes, read }: Told,
): Promise<{ readonly news: number }> {
  const { migration, target } = ref
  const ledger = read ? target : null
  const input = { migration, memory: memoryOf(target), summary, ledger, published, notes }
  return await named(control.rememberRun, `remember the run: ${published}`, input, closed ? PATIENT : BRIEF)
}

/** Only a run that goes through is published by itself; what a retry mended is by a person. Null: it is not. */
async function publish(
  input: RunInput,
  { summary, through }: EndedRun,
  heeding: Heeding,
  notes: string[],
): Promise<Published | null> {
  const { ref, retry } = input
  const now = stateNow(input)
  if (now === 'published' || now === 'in place') return null
  if (!through || summary.state !== 'complete') return null
  if (retry !== undefined) {
    const by = `nightferry publish ${ref.migration} --run ${ref.run} --execute`
    notes.push(`Not published: it was taken up again, so a person decides (\`${by}\`).`)
    return null
  }
  return await orNote(notes, 'Not published', async () => {
    // A publish that has begun is not ended: only its waiting for a hold to be lifted is.
    const waits = (): boolean => heeding.endedBecause !== null && heeding.halt.holds()
    const byHand = `Publish it yourself: \`nightferry publish ${ref.migration} --run ${ref.run} --execute\`.`
    const done = await unlessEnded(heeding, waits, byHand, () => publishOnceBack(ref, heeding))
    if (done.published === null) {
      notes.push(`Not published: ${done.notGreen}.`)
      return null
    }
    notes.push(...told(done.published, ref.target.published))
    return done.published
  })
}

type Done = Awaited<ReturnType<typeof control.publishRun>>

const AGAIN_AFTER = '10 seconds'

/**
 * A server that went away in the middle has left what people read closed: whatever is tried next is to open it, so this goes
 * on until the server is back, or the run is told to end.
 */
async function publishOnceBack(ref: RunInput['ref'], heeding: Heeding): Promise<Done> {
  for (;;) {
    try {
      const work = (): Promise<Done> => heeding.halt.run(() => publishNow(ref))
      return await heeding.step(work)
    } catch (error) {
      if (tell(error).kind !== 'target-unreachable' || heeding.endedBecause !== null) throw error
      await sleep(AGAIN_AFTER)
    }
  }
}

/** Cancels the work once that is so: whoever ends the run says why, or its deadline does. */
async function unlessEnded<T>(
  heeding: Heeding,
  isEnded: () => boolean,
  remedy: string,
  work: () => Promise<T>,
): Promise<T> {
  const scope = new CancellationScope()
  let isDone = false
  void condition(() => isDone || isEnded()).then(() => scope.cancel())
  try {
    return await scope.run(work)
  } catch (error) {
    if (!isCancellation(error)) throw error
    throw refused(heeding.endedBecause ?? 'it was cancelled', remedy)
  } finally {
    isDone = true
  }
}

const publishNow = async (ref: RunInput['ref']): Promise<Done> =>
  await named(control.publishRun, `publish ${ref.run} as ${ref.target.published}`, { ref }, PUBLISHING)

const MOST_NAMED = 5

/** Whose sessions were ended: ours do not count. */
function told({ ended, closedMs, previous }: Published, name: string | undefined): string[] {
  const before = previous !== null && previous.run === null ? [setAside(previous.database, name)] : []
  const others = ended.filter(({ application }) => !application.startsWith('nightferry'))
  if (others.length === 0) return before
  const names = others
    .slice(0, MOST_NAMED)
    .map(({ user, application, client }) => [user, application, client].filter(Boolean).join(' '))
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : ''
  return [
    ...before,
    `Published within ${Math.ceil(closedMs)} ms, which ended ${others.length} ${others.length === 1 ? 'session' : 'sessions'}: ${names.join(', ')}${more}.`,
  ]
}

/** It was not built aside: nobody drops it. */
const setAside = (database: string, name = ''): string =>
  `What was ${name} until now was not built aside: it is kept as ${database}. Once nobody needs it: DROP DATABASE "${database}".`

/** Whether the target is ready for production, for the report: nothing waits for it longer than a few minutes. */
async function assess({ ref }: RunInput, heeding: Heeding): Promise<void> {
  const isEnded = (): boolean => heeding.endedBecause !== null
  // A pause does not stand against it: no row is read, and a run that is over is not kept from its end.
  await unlessEnded(heeding, isEnded, '', async () => {
    await named(control.assessTarget, `is the target fit behind ${ref.run}?`, { run: ref }, ASSESSING_RUN)
  })
}

function momentsOf({ state }: RunSummary, published: PublishedState, news: number): HookMoment[] {
  const isGood = state === 'complete' && published !== 'not published'
  return [isGood ? 'after_publish' : 'on_failure', ...(news > 0 ? (['on_news'] as const) : [])]
}

async function runHook(
  { ref, around }: RunInput,
  { state, reason, label }: RunSummary,
  published: PublishedState,
  moment: HookMoment,
  notes: string[],
): Promise<void> {
  if (around?.hooks[moment] === undefined) return
  const why =
    reason ?? (published === 'not published' ? (notes.find((note) => note.startsWith('Not p')) ?? null) : null)
  const input = {
    ...{ ref, moment, applied: around, told: { verdict: state, reason: why, label } },
    ...(published === 'published' && ref.target.published !== undefined && { published: ref.target.published }),
  }
  const result = await named(control.runHook, `hook ${moment}`, input, PATIENT)
  if (result?.ok === false) notes.push(sentences(`Hook ${result.name} ${result.what}`, result.remedy))
}

async function orNote<T>(notes: string[], what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error
    const { message, remedy } = tell(error)
    const note = sentences(`${what}: ${message}`, remedy)
    if (!notes.includes(note)) notes.push(note)
    return null
  }
}
