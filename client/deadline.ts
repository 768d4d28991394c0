import { parseDuration } from '../core/config/durations.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** `6h`, or `2026-11-21T05:00Z`, as ISO 8601 in UTC; a Problem where it is neither, or is over. `now`: milliseconds since 1970. */
export function readDeadline(typed: string, now: number): string {
  const lasts = parseDuration(typed)
  const at = lasts !== null ? now + lasts : MOMENT.test(typed) ? Date.parse(typed) : NaN
  if (at > now && at < now + A_YEAR) return new Date(at).toISOString()
  const message = Number.isNaN(at) ? 'is no moment' : at > now ? 'is more than a year away' : 'is over already'
  throw new Problem(
    EXIT.usage,
    `--deadline ${typed} ${message}`,
    'Say how long it may take, such as 6h, or until when, such as 2026-11-21T05:00Z.',
  )
}

const A_YEAR = 366 * 86_400_000
