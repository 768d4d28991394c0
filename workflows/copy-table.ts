import { isCancellation, setCurrentDetails } from '@temporalio/workflow'
import { isLong } from './limits.js'
import { park } from './park.js'
import { openPool } from './pool.js'
import { data, named } from './steps.js'
import type { TableWorkflowInput } from './table.js'

/** The cursor of a table's copy. Chunks below `next` are done whenever nothing is in flight. */
export interface CopyState {
  next: number
  /** Chunks known so far. */
  total: number
  /** No further chunk will come. */
  complete: boolean
  rows: number
  bytes: number
  stopped: boolean
}

/** Boundaries asked for at a time: one while the window is not full yet, so that copying begins at once, then more. */
const MOST_BOUNDARIES = 256
const boundariesAtOnce = (total: number, width: number): number =>
  total < width ? 1 : Math.min(MOST_BOUNDARIES, Math.max(width, total))

/** Chunks that should wait: enough that no session does, few enough that sizes still follow what was measured. */
const wantedAhead = (total: number, width: number): number => Math.max(2 * width, Math.min(MOST_BOUNDARIES, total / 2))

/**
 * Keeps `width` chunks in flight and finds boundaries ahead of them, until all are done, one failed for good, or the
 * history is long; in each case what is in flight ends first. Changes `state` as it goes.
 */
export async function copyTable(
  input: TableWorkflowInput,
  state: CopyState,
  wide: { width: number; onChange: () => void },
): Promise<'done' | 'long'> {
  const { ref, table, name, size } = input
  const pool = openPool()
  wide.onChange = () => pool.wake()
  let dividing = 0
  const divide = async (): Promise<void> => {
    const atMost = boundariesAtOnce(state.total, wide.width)
    try {
      const found = await named(data.divideTable, `${name}: boundaries from chunk ${state.total}`, {
        ref,
        table,
        size,
        atMost,
      })
      state.total = found.chunks
      state.complete = found.complete
    } finally {
      dividing = 0
    }
  }
  const copy = async (chunk: number): Promise<void> => {
    const done = await named(data.copyChunk, `${name}: chunk ${chunk}`, { ref, table, chunk })
    state.rows += done.rows
    state.bytes += done.bytes
    setCurrentDetails(`${state.rows} rows copied, ${state.total}${state.complete ? '' : '+'} chunks`)
  }
  const orStop = (work: () => Promise<void>) => async (): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (isCancellation(error)) throw error
      state.stopped = true
      await park(ref, { table }, error)
    }
  }
  const fill = (): void => {
    if (state.stopped || isLong()) return
    const ahead = state.total - state.next
    if (!state.complete && dividing === 0 && ahead < wantedAhead(state.total, wide.width)) {
      dividing = 1
      pool.start(orStop(divide))
    }
    while (state.next < state.total && pool.busy() - dividing < wide.width) {
      const chunk = state.next++
      pool.start(orStop(() => copy(chunk)))
    }
  }
  await pool.drain(fill)
  return state.stopped || (state.complete && state.next >= state.total) ? 'done' : 'long'
}
