import { eachOf, type ListCursor, type StepEnd } from './each-of.js'
import { Held, isInterrupted, type Halt } from './halt.js'
import { park } from './park.js'
import { data, named } from './steps.js'
import type { TableWorkflowInput } from './table.js'
import type { Turning } from './turning.js'
import type { Wide } from './wide.js'

/** Whenever nothing is in flight: the first `next` of primary key and other indexes are built, but those of `redo`. */
export interface IndexState extends ListCursor {
  /** The primary key is built, or is not to be. */
  primary: boolean
  stopped: boolean
}

export const NOTHING_INDEXED: IndexState = { next: 0, primary: false, stopped: false }

/**
 * The primary key first, since it rewrites nothing afterwards and others lean on it; then the other indexes side by
 * side, as many as the table has sessions. One that is refused stops the table, and the rest is built.
 */
export async function indexTable(
  { ref, table, name, indexes }: TableWorkflowInput,
  state: IndexState,
  { wide, halt }: { wide: Turning<Wide>; halt: Halt },
): Promise<StepEnd> {
  const orStop = async (work: () => Promise<void>): Promise<void> => {
    try {
      await halt.run(work)
    } catch (error) {
      if (isInterrupted(error)) throw error
      await park({ ref, halt }, { table }, error)
      state.stopped = true
    }
  }
  try {
    if (!state.primary) await orStop(() => named(data.buildPrimaryKey, `${name}: primary key`, { ref, table }))
    state.primary = true
    const end = await eachOf({
      items: Array.from({ length: indexes }, (_, index) => index),
      cursor: state,
      lanes: () => wide.now.width,
      watch: (wake) => wide.onChange(wake),
      halt,
      work: (index) =>
        orStop(() => named(data.buildIndex, `${name}: index ${index + 1} of ${indexes}`, { ref, table, index })),
    })
    if (end !== 'done') return end
    if (!state.stopped) await orStop(() => named(data.markIndexed, `${name}: indexed`, { ref, table }))
    return 'done'
  } catch (error) {
    if (error instanceof Held) return 'held'
    throw error
  }
}
