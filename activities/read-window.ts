import { consistencyOf } from '../core/config/consistency.js'
import { Failure } from '../core/failure.js'
import { type OffsetAt, parseWindow, WINDOW_NEEDS_BEST_EFFORT, windowAt } from '../core/window.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface ReadWindowInput {
  /** `22:00-05:00 Europe/Paris`. */
  readonly window: string
  /** The version that it is to be for: judged first. Absent: it has been judged. */
  readonly version?: Omit<RunRef, 'run'>
}

export interface ReadWindow {
  readonly isOpen: boolean
  /** When that changes, ISO 8601 in UTC; null: never. */
  readonly changes: string | null
}

/**
 * Whether a window is open now, and until when. In an activity, because Node's tables of time zones differ from one
 * version to the next, and a workflow must come to the same answer when it is replayed.
 */
export const readWindow = (tools: Tools) =>
  step(tools, 'readWindow', async ({ window, version }: ReadWindowInput): Promise<ReadWindow> => {
    const parsed = parseWindow(window)
    if (parsed === null)
      throw new Failure('refused', `There is no such window: ${window}`, { remedy: 'Write 22:00-05:00 Europe/Paris.' })
    const offsetAt = offsetsOf(parsed.zone)
    if (version !== undefined) {
      const { stored } = await tools.plans.siteOf({ ...version, run: '' })
      if (consistencyOf(stored.config).read !== 'best-effort')
        throw new Failure('refused', `A window ${WINDOW_NEEDS_BEST_EFFORT}`, {
          remedy: 'Write consistency: {read: best-effort} into the config, and apply it.',
        })
    }
    const { isOpen, changes } = windowAt(parsed, Date.now(), offsetAt)
    return { isOpen, changes: changes === null ? null : new Date(changes).toISOString() }
  })

/** A place's clock as this Node knows it; whole seconds, since some old zones have such. */
export function offsetsOf(zone: string): OffsetAt {
  const format = clockOf(zone)
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const [date, time] = [{ year: 'numeric', month: 'numeric', day: 'numeric' } as const, { hour: 'numeric' } as const]
  try {
    const options = { ...date, ...time, minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
    return new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'gregory', ...options })
  } catch (cause) {
    const remedy = 'Write a name of the IANA list, such as Europe/Paris or UTC; or give the worker a newer Node.'
    throw new Failure('refused', `No time zone is called ${timeZone}`, { remedy }, { cause })
  }
}
