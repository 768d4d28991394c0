import { setCurrentDetails } from '@temporalio/workflow'
import type { RunRef } from '../activities/messages.js'
import { refused } from './failures.js'
import { Held, isInterrupted, type Halt } from './halt.js'
import { isLong } from './limits.js'
import { openSteps } from './open-steps.js'
import { boundariesAtOnce, chunksAtOnce, wantedAhead } from './pace.js'
import { parked } from './park.js'
import { openPool } from './pool.js'
import { isSnapshotLost, readThere, type ReadingPlace } from './reading-place.js'
import { data, named } from './steps.js'
import type { TableWorkflowInput } from './table.js'
import type { Turning } from './turning.js'
import type { Wide } from './wide.js'

/** Chunks of one step: the first one's ordinal, and how many. */
type Stretch = readonly [first: number, count: number]

/** The cursor of a table's copy. Chunks below `next` are done whenever nothing is in flight, but those of `redo`. */
export interface CopyState {
  next: number
  /** What a hold took back. Absent: nothing. */
  redo?: Stretch[]
  /** Chunks known so far. */
  total: number
  /** No further chunk will come. */
  complete: boolean
  done: number
  rows: number
  bytes: number
  /** Of work, over all sessions. */
  seconds: number
  stopped: boolean
}

export const NOTHING_COPIED: CopyState = {
  next: 0,
  total: 0,
  complete: false,
  done: 0,
  rows: 0,
  bytes: 0,
  seconds: 0,
  stopped: false,
}

/** `lost`: the snapshot is, and the run is to start again. */
export type CopyEnd = 'done' | 'long' | 'lost' | 'held'

/** How a table may go on, as signals change it. */
export interface Going {
  readonly wide: Turning<Wide>
  readonly halt: Halt
  readonly place: ReadingPlace
}

/**
 * Keeps `width` steps in flight and finds boundaries ahead of them, until all chunks are done, one failed for good, a
 * hold came, it is told to close, or the history is long; in each case what is in flight ends first. Changes `state` as it goes.
 */
export async function copyTable(input: TableWorkflowInput, state: CopyState, going: Going): Promise<CopyEnd> {
  const { wide, halt } = going
  const pool = openPool()
  const lanes = openSteps<number | undefined>()
  let dividing = 0
  let isLost = false
  const orStop = (work: () => Promise<void>, again: () => void) => async (): Promise<void> => {
    const end = await endOf(work, { ref: input.ref, halt }, input.table)
    if (end === 'again' || end === 'lost') again()
    if (end === 'lost') isLost = true
    if (end === 'stopped') state.stopped = true
  }
  const dividingOne = async (): Promise<void> => {
    try {
      await divide(input, state, going)
    } finally {
      dividing = 0
    }
  }
  const unwatch = wide.onChange(() => {
    // The newest ones, which have the least to lose; and all that read at another pace.
    lanes.end((pace, position) => position >= wide.now.width || pace !== wide.now.rowsPerSecond)
    pool.wake()
  })
  await pool.drain(() => {
    if (state.stopped || isLost || halt.holds() || wide.now.closing === true || isLong()) return
    const { width } = wide.now
    if (!state.complete && dividing === 0 && state.total - state.next < wantedAhead(state.total, width)) {
      dividing = 1
      pool.start(orStop(dividingOne, () => {}))
    }
    while (pool.busy() - dividing < width) {
      const stretch = takeStretch(state, width)
      if (stretch === null) return
      const redo = (): void => void (state.redo = [...(state.redo ?? []), stretch])
      pool.start(orStop(() => lanes.run(wide.now.rowsPerSecond, () => copy(input, state, going, stretch)), redo))
    }
  })
  unwatch()
  if (isLost) return 'lost'
  if (state.stopped || (state.complete && state.next >= state.total && (state.redo ?? []).length === 0)) return 'done'
  return halt.holds() || wide.now.closing === true ? 'held' : 'long'
}

/** What came of a step: `again`: a hold, or a turned knob, took it back. Throws cancellation. */
async function endOf(
  work: () => Promise<void>,
  where: { ref: RunRef; halt: Halt },
  table: number,
): Promise<'done' | 'again' | 'lost' | 'stopped'> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Held) return 'again'
    if (isInterrupted(error)) throw error
    if (isSnapshotLost(error)) return 'lost'
    return await parked(where, { table }, error)
  }
}

async function divide(
  { ref, table, name, size }: TableWorkflowInput,
  state: CopyState,
  { wide, halt }: Going,
): Promise<void> {
  const { width, chunkBytes, rowsPerSecond } = wide.now
  const turned = {
    ...(chunkBytes !== undefined && { chunkBytes }),
    ...(rowsPerSecond !== undefined && { rowsPerSecond }),
  }
  const input = { ref, table, size, atMost: boundariesAtOnce(state.total, width), ...turned }
  const found = await halt.run(() => named(data.divideTable, `${name}: boundaries from chunk ${state.total}`, input))
  // Asking again would go on for ever.
  if (!found.complete && found.chunks <= state.total) throw refused('No further chunk was found', 'Start a new run.')
  state.total = found.chunks
  state.complete = found.complete
}

async function copy(
  { ref, table, name }: TableWorkflowInput,
  state: CopyState,
  { wide, halt, place }: Going,
  [first, count]: Stretch,
): Promise<void> {
  const summary = count === 1 ? `${name}: chunk ${first}` : `${name}: chunks ${first} to ${first + count - 1}`
  const { rowsPerSecond } = wide.now
  const input = { ref, table, first, count, ...(rowsPerSecond === undefined ? {} : { rowsPerSecond }) }
  const copied = await halt.run(() =>
    readThere(place, (how, options) => named(data.copyChunks, summary, { ...input, ...how }, options)),
  )
  state.done += count
  state.rows += copied.rows
  state.bytes += copied.bytes
  state.seconds += copied.seconds
  setCurrentDetails(`${state.rows} rows copied, ${state.done} of ${state.total}${state.complete ? '' : '+'} chunks`)
}

function takeStretch(state: CopyState, width: number): Stretch | null {
  const [again, ...rest] = state.redo ?? []
  if (again !== undefined) {
    state.redo = rest
    return again
  }
  if (state.next >= state.total) return null
  const first = state.next
  const count = chunksAtOnce(state, width)
  state.next += count
  return [first, count]
}
