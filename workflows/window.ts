import { CancellationScope, condition, isCancellation, type ActivityOptions } from '@temporalio/workflow'
import { BACKOFF } from '../core/retry.js'
import { tell as told } from './failures.js'
import { hours } from './messages.js'
import type { Pass } from './pass.js'
import { control, named } from './steps.js'

/** The hours in which a run may read its rows, where it has such and reads each row as it is now. */
export interface Hours {
  /** No further step that reads the source may begin. What is under way goes on. */
  isClosed(): boolean
  /** When they are over, ISO 8601; null: they never are, as far as is known. */
  until(): string | null
  /** How often that has changed. */
  changes(): number
  /** Looks at the clock from now on, also while something else holds the run. Repeatable. */
  begin(): void
  /** No row is to be read any more. */
  end(): void
  /** Told after each change; what it returns ends that. */
  onChange(listener: () => void): () => void
}

type Closed = { readonly window: string; readonly until: string | null }

/** A clock that is asked at the very edge of a window may still stand before it. */
const SHORTEST_MS = 50

/** As often as it takes: it asks no server. */
const ALWAYS: ActivityOptions = {
  retry: { initialInterval: BACKOFF.first, backoffCoefficient: BACKOFF.factor, maximumInterval: BACKOFF.most },
}

/**
 * Asks an activity whether the window is open, then waits for the next change of it, or of the knob. The entity hears of
 * each: it shows a hold that lifts itself.
 */
export function openHours({ halt, knobs, cursor, tell }: Pick<Pass, 'halt' | 'knobs' | 'cursor' | 'tell'>): Hours {
  const listeners = new Set<() => void>()
  let scope: CancellationScope | null = null
  let isKnown = true
  let isWatched = false
  let closed: Closed | null = null
  let changes = 0
  let until: string | null = null
  const windowNow = (): string | null => {
    const { window = cursor.prepared.window ?? null } = knobs.now
    return window
  }
  const set = (now: Closed | null): void => {
    isKnown = true
    const isSame = now?.window === closed?.window && now?.until === closed?.until
    const wasClosed = cursor.closed === true
    closed = now
    if (now === null) delete cursor.closed
    else cursor.closed = true
    // What an earlier execution has told stands until something else is.
    if (!isSame || wasClosed !== (now !== null)) tell(hours, { closed: now })
    changes++
    for (const listener of listeners) listener()
  }
  const watch = async (): Promise<void> => {
    for (;;) {
      const window = windowNow()
      const isTurned = (): boolean => windowNow() !== window
      if (window === null) {
        until = null
        set(null)
        await condition(isTurned)
        continue
      }
      const now = await named(control.readWindow, `is it time? ${window}`, { window }, ALWAYS)
      if (isTurned()) continue
      until = now.isOpen ? now.changes : null
      set(now.isOpen ? null : { window, until: now.changes })
      if (now.changes === null) await condition(isTurned)
      else await condition(isTurned, Math.max(SHORTEST_MS, Date.parse(now.changes) - Date.now()))
    }
  }
  const failed = (error: unknown): void => {
    if (isCancellation(error)) return
    // Whoever goes on begins anew.
    scope = null
    isKnown = false
    const { kind, message, remedy } = told(error)
    halt.trouble({ kind, message, remedy: remedy ?? 'Set another window, then resume.', liftsItself: false })
  }
  return {
    isClosed: () => isWatched && (!isKnown || closed !== null),
    until: () => (isWatched ? until : null),
    changes: () => changes,
    begin() {
      if (scope !== null) return
      isWatched = true
      // Nothing is read before it is known whether it may be.
      isKnown = windowNow() === null
      const watching = new CancellationScope()
      scope = watching
      void watching.run(watch).catch(failed)
    },
    end() {
      scope?.cancel()
      scope = null
      isWatched = false
      if (cursor.closed === true) set(null)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
