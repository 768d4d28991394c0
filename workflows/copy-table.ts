import { isCancellation, setCurrentDetails } from '@temporalio/workflow'
import { refused } from './failures.js'
import { isLong } from './limits.js'
import { park } from './park.js'
import { openPool } from './pool.js'
import { isSnapshotLost, readThere, type ReadingPlace } from './reading-place.js'
import { boundariesAtOnce, chunksAtOnce, wantedAhead } from './pace.js'
import { data, named } from './steps.js'
import type { TableWorkflowInput } from './table.js'

/** The cursor of a table's copy. Chunks below `next` are done whenever nothing is in flight. */
export interface CopyState {
  next: number
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

/**
 * Keeps `width` steps in flight and finds boundaries ahead of them, until all chunks are done, one failed for good, or
 * the history is long; in each case what is in flight ends first. Changes `state` as it goes.
 */
export async function copyTable(
  input: TableWorkflowInput,
  state: CopyState,
  wide: { width: number; onChange: () => void },
  place: ReadingPlace,
): Promise<'done' | 'long' | 'lost'> {
  const { ref, table, name, size } = input
  const pool = openPool()
  wide.onChange = () => pool.wake()
  let dividing = 0
  let isLost = false
  const divide = async (): Promise<void> => {
    const atMost = boundariesAtOnce(state.total, wide.width)
    const summary = `${name}: boundaries from chunk ${state.total}`
    try {
      const found = await named(data.divideTable, summary, { ref, table, size, atMost })
      // Asking again would go on for ever.
      if (!found.complete && found.chunks <= state.total)
        throw refused('No further chunk was found', 'Start a new run.')
      state.total = found.chunks
      state.complete = found.complete
    } finally {
      dividing = 0
    }
  }
  const copy = async (first: number, count: number): Promise<void> => {
    const summary = count === 1 ? `${name}: chunk ${first}` : `${name}: chunks ${first} to ${first + count - 1}`
    const copied = await readThere(place, (how, options) =>
      named(data.copyChunks, summary, { ref, table, first, count, ...how }, options),
    )
    state.done += count
    state.rows += copied.rows
    state.bytes += copied.bytes
    state.seconds += copied.seconds
    setCurrentDetails(`${state.rows} rows copied, ${state.done} of ${state.total}${state.complete ? '' : '+'} chunks`)
  }
  const orStop = (work: () => Promise<void>) => async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (isCancellation(error)) throw error
      if (isSnapshotLost(error)) return void (isLost = true)
      state.stopped = true
      await park(ref, { table }, error)
    }
  }
  await pool.drain(() => {
    if (state.stopped || isLost || isLong()) return
    if (!state.complete && dividing === 0 && state.total - state.next < wantedAhead(state.total, wide.width)) {
      dividing = 1
      pool.start(orStop(divide))
    }
    while (state.next < state.total && pool.busy() - dividing < wide.width) {
      const first = state.next
      const count = chunksAtOnce(state, wide.width)
      state.next += count
      pool.start(orStop(() => copy(first, count)))
    }
  })
  if (isLost) return 'lost'
  return state.stopped || (state.complete && state.next >= state.total) ? 'done' : 'long'
}
