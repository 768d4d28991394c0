import { parseDuration } from '../core/config/durations.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** `6h`, or `2026-11-21T05:00Z`, as ISO 8601 in UTC; a Problem where it is neither, or is over. `now`: milliseconds since 1970. */
export function readDeadline(typed: string, now: number): string {
  const at = momentOf(typed, now)
  if (at > now && at < now + A_YEAR) return new Date(at).toISOString()
  const message = Number.isNaN(at) ? 'is no moment' : at > now ? 'is more than a year away' : 'is over already'
  throw new Problem(
    EXIT.usage,
    `--deadline ${typed} ${message}`,
    'Say how long it may take, such as 6h, or until when, such as 2026-11-21T05:00Z.',
  )
}

/** `30d`, `12h`, or a moment, of a waiver: how far ahead it may be is judged by the migration. */
export function readExpiry(typed: string, now: number): string {
  const days = DAYS.exec(typed)
  const at = days === null ? momentOf(typed, now) : now + Number(days[1]) * 86_400_000
  if (Math.abs(at) <= MOST_TIME) return new Date(at).toISOString()
  throw new Problem(
    EXIT.usage,
    `--expires ${typed} is no moment`,
    'Say for how long, such as 30d, or until when, such as 2026-11-21T05:00Z.',
  )
}

const DAYS = /^(\d{1,6})d$/

/** Of a Date. */
const MOST_TIME = 8_640_000_000_000_000

function momentOf(typed: string, now: number): number {
  const lasts = parseDuration(typed)
  return lasts !== null ? now + lasts : MOMENT.test(typed) ? Date.parse(typed) : NaN
}

const A_YEAR = 366 * 86_400_000
