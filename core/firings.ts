import { DAYS } from './config/days.js'
import type { ScheduleConfig } from './config/types.js'
import { timeOfDay } from './schedule.js'
import type { OffsetAt } from './window.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** More than the longest week, with a day on either side that time zones may take away. */
const DAYS_TO_LOOK_AT = 10

/**
 * The next moments, milliseconds since 1970 and strictly after one, at which the clock on the wall shows a schedule's time
 * on one of its days. Without jitter.
 */
export function nextFirings(
  { at, days }: Pick<ScheduleConfig, 'at' | 'days'>,
  after: number,
  most: number,
  offsetAt: OffsetAt,
): number[] {
  const time = timeOfDay(at)
  const firings: number[] = []
  const today = Math.floor((after + offsetAt(after)) / DAY) * DAY
  for (let day = today; firings.length < most && day < today + most * DAYS_TO_LOOK_AT * DAY; day += DAY) {
    if (!days.includes(dayOf(day))) continue
    const firing = momentOf(day + time, offsetAt)
    if (firing !== null && firing > after) firings.push(firing)
  }
  return firings
}

const dayOf = (local: number): ScheduleConfig['days'][number] => DAYS[(new Date(local).getUTCDay() + 6) % 7] ?? 'mon'

/** When the clock shows that (the first time, where it does twice); null: never. */
function momentOf(local: number, offsetAt: OffsetAt): number | null {
  const offsets = [offsetAt(local - DAY), offsetAt(local + DAY)]
  const moments = offsets.map((offset) => local - offset).filter((at) => at + offsetAt(at) === local)
  return moments.length === 0 ? null : Math.min(...moments)
}

/** What is left between a night's end and the next one's begin. */
const MARGIN_MS = HOUR

/**
 * When a night ends that began at `began`, finished or not; null: it has all the time that it needs, as one with a window
 * whose schedule sets no deadline. One that begins shortly before the next firing (`--now`) is given until the one behind.
 */
export function deadlineOf(
  schedule: ScheduleConfig,
  began: number,
  hasWindow: boolean,
  offsetAt: OffsetAt,
): number | null {
  if (schedule.deadlineMs !== null) return began + schedule.deadlineMs
  if (hasWindow) return null
  const [next] = nextFirings(schedule, began + 2 * MARGIN_MS, 1, offsetAt)
  return next === undefined ? null : next - MARGIN_MS
}

/** Whether a night begins too late after its time. */
export const isLate = (scheduled: number, now: number, catchUpMs: number): boolean => now - scheduled > catchUpMs
