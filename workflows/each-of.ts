import { Held, type Halt, type Tables } from './halt.js'
import { isLongWithChildren } from './limits.js'
import { openPool } from './pool.js'

/** `long`: drained because the history is long. `held`: because of a hold. Both go on later where they were. */
export type StepEnd = 'done' | 'long' | 'held'

/** Where a list of pieces is: all before `next` are finished, but those of `redo`. Survives continue-as-new. */
export interface ListCursor {
  next: number
  /** Positions that a hold took back. Absent: none. */
  redo?: number[]
}

export interface EachOf<T> {
  readonly items: readonly T[]
  readonly cursor: ListCursor
  /** Pieces at a time, asked anew with each. */
  readonly lanes: () => number
  /** What changes the number of lanes; ends with what it returns. */
  readonly watch?: (wake: () => void) => () => void
  readonly halt: Halt
  /** The tables that the piece is of, where a hold of one of them is to keep it back. */
  readonly tablesOf?: (item: T) => Tables
  /** Throws `Held` where a hold ended it; sees to every other failure of the piece itself. */
  readonly work: (item: T) => Promise<void>
}

/** Does each piece once, `lanes` at a time; a piece that a hold ended is done again when the list is gone through again. */
export async function eachOf<T>({ items, cursor, lanes, watch, halt, tablesOf, work }: EachOf<T>): Promise<StepEnd> {
  const pool = openPool()
  const one = async (position: number): Promise<void> => {
    try {
      await work(items[position] as T)
    } catch (error) {
      if (!(error instanceof Held)) throw error
      redo(cursor, position)
    }
  }
  const wake = (): void => pool.wake()
  const unwatch = [halt.onChange(wake), watch?.(wake)]
  try {
    await pool.drain(() => {
      while (!halt.holds() && !isLongWithChildren() && pool.busy() < lanes()) {
        const position = take(cursor, items.length, (at) => halt.holds(tablesOf?.(items[at] as T)))
        if (position === null) return
        pool.start(() => one(position))
      }
    })
  } finally {
    for (const stop of unwatch) stop?.()
  }
  return endOf(cursor, items.length, halt)
}

/** Why a drained list has stopped where it is: with work left it is a hold, of all or of the last tables, or the history. */
export function endOf(cursor: ListCursor, count: number, halt: Halt): StepEnd {
  if (cursor.next >= count && (cursor.redo ?? []).length === 0) return 'done'
  return halt.holds() || !isLongWithChildren() ? 'held' : 'long'
}

export function redo(cursor: ListCursor, position: number): void {
  cursor.redo = [...(cursor.redo ?? []), position].sort((a, b) => a - b)
}

/** The first position that nothing holds; null: there is none. Held ones on the way are put back. */
export function take(cursor: ListCursor, count: number, isHeld: (position: number) => boolean): number | null {
  const again = (cursor.redo ?? []).find((position) => !isHeld(position))
  if (again !== undefined) {
    cursor.redo = (cursor.redo ?? []).filter((position) => position !== again)
    return again
  }
  while (cursor.next < count) {
    const position = cursor.next++
    if (!isHeld(position)) return position
    redo(cursor, position)
  }
  return null
}
