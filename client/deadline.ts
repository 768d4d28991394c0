import { parseDuration } from '../core/config/durations.js'
import { MOST_WAIVED_DAYS } from '../core/fitness/waivers.js'
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
    `Say how long it may take, such as 6h, or until when, such as ${dayOf(now + DAY_MS)}T05:00Z.`,
  )
}

/** `30d`, `12h`, a moment, or a day (its beginning in UTC), of a waiver; a Problem where it is none, is over or too far away. */
export function readExpiry(typed: string, now: number): string {
  const days = DAYS.exec(typed)
  const moment = DAY.test(typed) ? Date.parse(`${typed}T00:00Z`) : momentOf(typed, now)
  const at = days === null ? moment : now + Number(days[1]) * DAY_MS
  // The migration counts by its own clock, which may be ahead.
  if (at > now && at <= now + MOST_WAIVED_DAYS * DAY_MS + HOUR_MS) return new Date(at).toISOString()
  const message = Number.isNaN(at)
    ? 'is no moment'
    : at > now
      ? `is more than ${MOST_WAIVED_DAYS} days away`
      : 'is over already'
  throw new Problem(
    EXIT.usage,
    `--expires ${typed} ${message}`,
    `Say for how long, such as 30d, or until when, such as ${dayOf(now + 30 * DAY_MS)} or ${dayOf(now + 30 * DAY_MS)}T05:00Z; at most ${MOST_WAIVED_DAYS} days ahead.`,
  )
}

const DAYS = /^(\d{1,6})d$/

const DAY = /^\d{4}-\d\d-\d\d$/
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** For examples: one that is over would be refused. */
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

function momentOf(typed: string, now: number): number {
  const lasts = parseDuration(typed)
  return lasts !== null ? now + lasts : MOMENT.test(typed) ? Date.parse(typed) : NaN
}

const A_YEAR = 366 * DAY_MS
