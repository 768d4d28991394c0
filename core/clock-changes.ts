import { timeOfDay } from './schedule.js'
import type { OffsetAt } from './window.js'

const DAY = 86_400_000
const MINUTE = 60_000

/** A moment at which a place's clocks are put forward or back; offsets from UTC, all in milliseconds. */
export interface ClockChange {
  readonly at: number
  readonly before: number
  readonly after: number
}

/** Two changes within a day of each other that take each other back would not be seen; no place does so. */
export function clockChanges(from: number, to: number, offsetAt: OffsetAt): ClockChange[] {
  const changes: ClockChange[] = []
  for (let day = from; day < to; day += DAY) {
    const [before, after] = [offsetAt(day), offsetAt(day + DAY)]
    if (before !== after) changes.push({ at: changeBetween(day, day + DAY, offsetAt), before, after })
  }
  return changes
}

function changeBetween(from: number, to: number, offsetAt: OffsetAt): number {
  const offset = offsetAt(from)
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (offsetAt(middle) === offset) before = middle
    else after = middle
  }
  return after
}

/** What the clock on the wall shows never, or twice, because of one change: from, to (not included), as if they were UTC. */
const touched = ({ at, before, after }: ClockChange): readonly [number, number] => [
  at + Math.min(before, after),
  at + Math.max(before, after),
]

export interface TimeVerdict {
  /** Why the time is not once on each day; null: it is. */
  readonly problem: string | null
  /** The hours that are safe there, for a person: `00:00 to 01:59 and 03:00 to 23:59`. */
  readonly safe: string
}

/**
 * Whether a time of the day is there once on every day of the time between. It does not matter on which days nights are
 * to begin: clocks change on a Sunday, and who adds Sunday later is not asked again.
 */
export function judgeTime(at: string, changes: readonly ClockChange[]): TimeVerdict {
  const time = timeOfDay(at)
  const isHit = (change: ClockChange): boolean => {
    const [from, to] = touched(change)
    return positive(time - from) < to - from
  }
  const skipped = changes.find((change) => change.after > change.before && isHit(change))
  const doubled = changes.find((change) => change.after < change.before && isHit(change))
  const said = [
    skipped && `does not exist on ${hitDate(time, skipped)}, when clocks go forward ${fromTo(skipped)}`,
    doubled && `comes twice on ${hitDate(time, doubled)}, when clocks go back ${fromTo(doubled)}`,
  ]
  return { problem: said.filter(Boolean).join(', and ') || null, safe: safeHours(changes) }
}

const positive = (time: number): number => ((time % DAY) + DAY) % DAY

/** The day on which the time would be, as its own calendar has it. */
function hitDate(time: number, change: ClockChange): string {
  const [from] = touched(change)
  return new Date(from + positive(time - from)).toISOString().slice(0, 10)
}

const fromTo = ({ at, before, after }: ClockChange): string => `from ${clock(at + before)} to ${clock(at + after)}`

const clock = (time: number): string => new Date(positive(time)).toISOString().slice(11, 16)

/** What is left of a day, in whole minutes. */
function safeHours(changes: readonly ClockChange[]): string {
  const isBad = (minute: number): boolean =>
    changes.map(touched).some(([from, to]) => {
      // A minute that is touched in part is not safe.
      const since = positive(minute * MINUTE - from)
      return since < to - from || since > DAY - MINUTE
    })
  const ranges: [number, number][] = []
  for (let minute = 0; minute < DAY / MINUTE; minute++) {
    if (isBad(minute)) continue
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === minute - 1) last[1] = minute
    else ranges.push([minute, minute])
  }
  const said = ranges.map(([from, to]) => `${clock(from * MINUTE)} to ${clock(to * MINUTE)}`)
  return said.length > 1 ? `${said.slice(0, -1).join(', ')} and ${said.at(-1)}` : (said[0] ?? 'none')
}
