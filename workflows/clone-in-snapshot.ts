import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import { clone } from './clone.js'
import { refused, tell } from './failures.js'
import { snapshotLost } from './messages.js'
import { onQueue, type ReadingPlace } from './reading-place.js'
import type { RunCursor, RunInput, StepEnd } from './run.js'
import type { Show } from './show-run.js'
import { data, named } from './steps.js'

/** A source that ends its sessions again and again would have a run start over for ever. */
const MOST_RESTARTS = 3

/**
 * Decides of which moment the rows are, then copies them; at the end looks whether a definition changed meanwhile. A
 * snapshot that is lost makes the run go on as best-effort, or start again, as its owner chose. The run does not continue
 * as new while it holds one.
 */
export async function cloneInSnapshot(input: RunInput, cursor: RunCursor, show: Show): Promise<StepEnd> {
  // Runs that began before there were snapshots.
  if (cursor.prepared.reading === undefined) return await clone(input, cursor, show, LIVE)
  for (let restarts = 0; ; restarts++) {
    const queue = await open(input.ref, cursor)
    const end = queue === null ? await clone(input, cursor, show, LIVE) : await cloneThere(input, cursor, show, queue)
    if (end === 'long') return end
    if (end === 'done') break
    if (restarts === MOST_RESTARTS)
      throw refused(
        `The snapshot was lost ${MOST_RESTARTS + 1} times, the last time because ${end.lost}`,
        'Look why the data worker, or its sessions on the source, were ended; or set consistency.on_lost to best-effort.',
        'snapshot-lost',
      )
    await startAgain(input.ref, cursor)
  }
  const { stopped } = await named(data.stopDrifted, 'did a definition change?', { ref: input.ref })
  cursor.stopped += stopped
  return 'done'
}

const LIVE: ReadingPlace = { queue: null, onLost: 'best-effort', lose: () => {} }

/** The queue of the process that holds the snapshot; null where rows are read as they are, as decided now or earlier. */
async function open(ref: RunRef, cursor: RunCursor): Promise<string | null> {
  if (cursor.reading !== undefined) return null
  const opened = await named(data.openSnapshot, 'of which moment the rows are', { ref })
  const { sessions, first = [] } = opened
  cursor.reading = { sessions, first }
  cursor.stopped += opened.stopped
  return opened.queue
}

async function startAgain(ref: RunRef, cursor: RunCursor): Promise<void> {
  const prepared = await named(data.restartRun, 'the snapshot is lost: start again', { ref })
  const { reading: _, ...rest } = cursor
  for (const key of Object.keys(cursor)) delete (cursor as unknown as Record<string, unknown>)[key]
  Object.assign(cursor, rest, { prepared, next: 0, done: 0, stopped: prepared.stopped })
}

/** Copies in a snapshot, and closes it. `lost`: it is to start again. */
async function cloneThere(
  input: RunInput,
  cursor: RunCursor,
  show: Show,
  queue: string,
): Promise<StepEnd | { readonly lost: string }> {
  const { ref } = input
  const copying = new CancellationScope()
  const keeping = new CancellationScope()
  const onLost = cursor.prepared.reading?.onLost ?? 'best-effort'
  let lost: string | null = null
  let isClosing = false
  let noted: Promise<void> = Promise.resolve()
  const lose = (reason: string): void => {
    if (lost !== null || isClosing) return
    lost = reason
    place.queue = null
    if (onLost === 'restart') return copying.cancel()
    noted = named(data.loseSnapshot, 'go on as best-effort', { ref, reason: `The snapshot was lost: ${reason}` })
    noted.catch(() => {})
    keeping.cancel()
  }
  const place: ReadingPlace = { queue, onLost, lose }
  setHandler(snapshotLost, (reason: unknown) => lose(typeof reason === 'string' ? reason : 'a table could not be read'))
  const kept = keeping
    .run(() => keep(ref, queue))
    .then(
      () => lose('it was let go of'),
      (error: unknown) => lose(sentence(error)),
    )
  try {
    const end = await copying.run(() => clone(input, cursor, show, place))
    await noted
    return lost !== null && onLost === 'restart' ? { lost } : end
  } catch (error) {
    if (lost === null || onLost !== 'restart' || !isCancellation(error)) throw error
    if (CancellationScope.current().consideredCancelled) throw error
    return { lost }
  } finally {
    isClosing = true
    keeping.cancel()
    // Only then its sessions are closed, and their metadata locks gone.
    await CancellationScope.nonCancellable(() => kept)
    setHandler(snapshotLost, () => {})
  }
}

const keep = async (ref: RunRef, queue: string): Promise<void> =>
  await named(data.keepSnapshot, 'hold the snapshot', { ref }, { ...onQueue(queue), retry: { maximumAttempts: 1 } })

function sentence(error: unknown): string {
  if (isCancellation(error)) return 'the process that held it was stopped'
  const { kind, message } = tell(error)
  return kind === 'snapshot-lost' ? 'its sessions on the source were ended' : message
}
