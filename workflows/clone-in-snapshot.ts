import { CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow'
import { MOST_PARALLELISM } from '../core/knobs.js'
import { cloneInHours, LIVE } from './clone-in-hours.js'
import { clone } from './clone.js'
import type { StepEnd } from './each-of.js'
import { refused } from './failures.js'
import { holding } from './holding.js'
import { keepMoment } from './keep-moment.js'
import { reading, snapshotLost } from './messages.js'
import { openMoment } from './open-moment.js'
import type { Pass } from './pass.js'
import type { ReadingPlace } from './reading-place.js'
import { onlyOf } from './retried.js'
import type { RunCursor } from './run.js'
import { data, named } from './steps.js'

/** A source that ends its sessions again and again would have a run start over for ever. */
const MOST_RESTARTS = 3

const HOLD_MS = 600_000

/**
 * Decides of which moment the rows are, then copies them; at the end looks whether a definition changed meanwhile. A
 * snapshot that is lost makes the run go on as best-effort, or start again, as its owner chose. The run does not continue
 * as new while it holds one.
 */
export async function cloneInSnapshot(pass: Pass): Promise<StepEnd> {
  const { ref, cursor, halt } = pass
  // Runs that began before there were snapshots.
  if (cursor.prepared.reading === undefined) return await clone(pass, LIVE)
  const { hours } = pass
  await noteLost(pass)
  // To start again while they wait would only lose the next one.
  if (cursor.awaits?.some((table) => halt.holds(table)) === true) return 'held'
  for (let restarts = 0; ; restarts++) {
    if (cursor.again === true) await startAgain(pass)
    const opened = await open(pass)
    const end = opened === null ? await cloneInHours(pass) : await cloneThere(pass, opened)
    if (end === 'long' || end === 'held') return end
    if (end === 'done') break
    cursor.again = true
    if (cursor.awaits !== undefined) return 'held'
    if (restarts === MOST_RESTARTS)
      throw refused(
        `The snapshot was lost ${MOST_RESTARTS + 1} times, the last time because ${end.lost}`,
        'Look why the data worker, or its sessions on the source, were ended; or set consistency.on_lost to best-effort.',
        'snapshot-lost',
      )
  }
  hours.end()
  const { stopped } = await holding(halt, () =>
    named(data.stopDrifted, 'did a definition change?', { ref, ...onlyOf(cursor) }),
  )
  cursor.stopped += stopped
  return 'done'
}

interface Opened {
  /** Of the process that holds the snapshot. */
  readonly queue: string
  /** Of others that hold sessions of it. */
  readonly others: readonly string[]
  readonly sessions: number
  readonly locked: number
}

/** Null where rows are read as they are, as decided now or earlier. */
async function open(pass: Pass): Promise<Opened | null> {
  const { cursor, tell: tellEntity } = pass
  if (cursor.reading !== undefined) return null
  const opened = await openMoment(pass)
  const { queue, others = [], sessions, first = [], locked = 0 } = opened
  cursor.reading = { sessions: queue === null ? MOST_PARALLELISM : sessions, first }
  cursor.stopped += opened.stopped
  tellEntity(reading, { label: opened.label, sessions })
  return queue === null ? null : { queue, others, sessions, locked }
}

async function startAgain({ ref, cursor, halt }: Pass): Promise<void> {
  const asked = { ref, ...(cursor.broken !== undefined && { broken: cursor.broken }) }
  const prepared = await holding(halt, () => named(data.restartRun, 'the snapshot is lost: start again', asked))
  for (const key of ['reading', 'redo', 'held', 'again', 'awaits'] as const) delete cursor[key]
  Object.assign(cursor, { prepared, next: 0, done: 0, stopped: prepared.stopped } satisfies Partial<RunCursor>)
}

/** Copies in a snapshot, and closes it. `lost`: it is to start again. A hold keeps it for a while. */
async function cloneThere(pass: Pass, opened: Opened): Promise<StepEnd | { readonly lost: string }> {
  const { ref, cursor } = pass
  const copying = new CancellationScope()
  const keeping = new CancellationScope()
  const { onLost = 'best-effort', holdMs = HOLD_MS } = cursor.prepared.reading ?? {}
  let lost: string | null = null
  let isClosing = false
  let tried: Promise<void> = Promise.resolve()
  const lose = (reason: string): void => {
    if (lost !== null || isClosing) return
    lost = reason
    // A pause from now on costs the source nothing.
    pass.holdsSnapshot(null)
    place.queue = null
    if (onLost === 'restart') return copying.cancel()
    // Nothing is of one moment any more, so that any number of sessions may read.
    cursor.reading = { ...cursor.reading, sessions: MOST_PARALLELISM }
    pass.tell(reading, { label: 'best-effort', sessions: MOST_PARALLELISM })
    cursor.lost = reason
    // At once, also in a hold. Where that fails, or a hold ends it, it is written before the run goes on.
    tried = writeLost(pass, reason).catch(() => {})
    keeping.cancel()
  }
  const place: ReadingPlace = { queue: opened.queue, others: [...opened.others], onLost, lose }
  setHandler(snapshotLost, (reason: unknown) => lose(typeof reason === 'string' ? reason : 'a table could not be read'))
  const kept = keepMoment(ref, place, opened.locked, keeping)
  const isLost = (): boolean => lost !== null
  const { sessions, locked } = opened
  let since: number | null = null
  pass.holdsSnapshot({ sessions, locked, onLost, holdMs, since: () => since })
  const passes = async (): Promise<StepEnd> => {
    for (;;) {
      const { seq } = pass.halt.now
      const [began, before] = [Date.now(), since]
      since = null
      const end = await clone(pass, place)
      if (end !== 'held' || isLost()) return end
      // Of holds that follow each other with nothing read between them, the first one's time counts.
      since = before !== null && Date.now() === began ? before : Date.now()
      const isReleased = await untilReleased(pass, seq, since + holdMs - Date.now(), isLost)
      if (isLost()) return end
      if (isReleased) continue
      if (onLost === 'restart') cursor.awaits = pass.halt.now.tables
      lose(`a hold lasted longer than ${Math.round(holdMs / 1000)} s`)
      return end
    }
  }
  try {
    const end = await copying.run(passes)
    await tried
    if (isLost() && onLost === 'restart') return { lost: lost ?? '' }
    await noteLost(pass)
    return end
  } catch (error) {
    if (lost === null || onLost !== 'restart' || !isCancellation(error)) throw error
    if (CancellationScope.current().consideredCancelled) throw error
    return { lost }
  } finally {
    isClosing = true
    keeping.cancel()
    pass.holdsSnapshot(null)
    // Only then its sessions are closed, and their metadata locks gone.
    await CancellationScope.nonCancellable(() => kept)
    setHandler(snapshotLost, () => {})
  }
}

/** Makes sure that the ledger has what became of the snapshot before anything more is read; a target that is away holds the run. */
async function noteLost(pass: Pass): Promise<void> {
  const { lost } = pass.cursor
  if (lost !== undefined) await holding(pass.halt, () => writeLost(pass, lost))
}

async function writeLost({ ref, cursor }: Pass, lost: string): Promise<void> {
  await named(data.loseSnapshot, 'go on as best-effort', { ref, reason: `The snapshot was lost: ${lost}` })
  delete cursor.lost
}

/** Until something may go on; false: a hold, of all or of the last tables, has lasted as long as the source is to pay for it. */
async function untilReleased({ halt }: Pass, seq: number, leftMs: number, isLost: () => boolean): Promise<boolean> {
  const waits = (): boolean => halt.holds() || halt.now.seq === seq
  return await condition(() => !waits() || isLost(), Math.max(1, leftMs))
}
