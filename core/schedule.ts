import { DAYS, formatDays } from './config/days.js'
import { formatDuration } from './config/durations.js'
import type { ScheduleConfig } from './config/types.js'

/** `04:00`, `4:00`, `04:00:30`. */
export const AT_PATTERN = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/

/** Two digits each: `4:00` is `04:00`. */
export const normalTime = (at: string): string => (at.indexOf(':') === 1 ? `0${at}` : at)

/** Milliseconds since midnight. */
export function timeOfDay(at: string): number {
  const [hour = 0, minute = 0, second = 0] = at.split(':').map((part) => Number.parseInt(part, 10))
  return ((hour * 60 + minute) * 60 + second) * 1000
}

const ZONE_PATTERN = /^[A-Za-z][A-Za-z0-9_+/-]{0,60}$/

/** `04:00 Europe/Paris`, or `04:00`: then `timeZone` is absent. Null where it is neither; whether there is such a zone is not known here. */
export function parseAt(text: string): { readonly at: string; readonly timeZone?: string } | null {
  const [at = '', timeZone, ...more] = text.trim().split(/\s+/)
  if (!AT_PATTERN.test(at) || more.length > 0) return null
  if (timeZone === undefined) return { at: normalTime(at) }
  return ZONE_PATTERN.test(timeZone) ? { at: normalTime(at), timeZone } : null
}

/** What a person says over the config's `schedule`: only what is said. */
export type WantedSchedule = Partial<ScheduleConfig>

const HOUR = 3_600_000

/** What holds where a schedule says nothing. */
export const DEFAULT_SCHEDULE: Omit<ScheduleConfig, 'at'> = {
  timeZone: 'UTC',
  days: DAYS,
  jitterMs: 0,
  catchUpMs: 6 * HOUR,
  deadlineMs: null,
}

/** Milliseconds, from and to. Temporal knows no shorter catch-up. */
export const SCHEDULE_BOUNDS = {
  jitterMs: [0, 12 * HOUR],
  catchUpMs: [10_000, 7 * 24 * HOUR],
  deadlineMs: [60_000, 7 * 24 * HOUR],
} as const

/** The shape alone: whether there is such a zone, and whether the time is there each day, is judged elsewhere. */
export function isWanted(value: unknown): value is WantedSchedule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { at, timeZone, days, jitterMs, catchUpMs, deadlineMs, ...others } = value as Record<string, unknown>
  const isWithin = (one: unknown, [from, to]: readonly [number, number]): boolean =>
    one === undefined || (typeof one === 'number' && Number.isInteger(one) && one >= from && one <= to)
  const isDays = Array.isArray(days) && days.length > 0 && days.every((day) => DAYS.some((one) => one === day))
  return (
    Object.keys(others).length === 0 &&
    (at === undefined || (typeof at === 'string' && AT_PATTERN.test(at))) &&
    (timeZone === undefined || (typeof timeZone === 'string' && ZONE_PATTERN.test(timeZone))) &&
    (days === undefined || isDays) &&
    isWithin(jitterMs, SCHEDULE_BOUNDS.jitterMs) &&
    isWithin(catchUpMs, SCHEDULE_BOUNDS.catchUpMs) &&
    (deadlineMs === null || isWithin(deadlineMs, SCHEDULE_BOUNDS.deadlineMs))
  )
}

/** What nights are to keep to, once it was judged. Times are ISO 8601 in UTC. */
export interface JudgedSchedule {
  readonly schedule: ScheduleConfig
  /** The next firings, without jitter. */
  readonly next: readonly string[]
}

/** What the entity remembers of the schedule; Temporal has the schedule itself. */
export interface Scheduled {
  readonly schedule: ScheduleConfig
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
  /** Who paused it, and was not followed by anybody who resumed it. */
  readonly paused: { readonly by: string; readonly at: string; readonly why: string } | null
  /** When it was resumed last: nights before that were not to be. Absent: never, or by an older release. */
  readonly resumed?: string
}

/** `04:00 Europe/Paris, mon-fri, jitter 5m, catch-up 6h, deadline 5h`. */
export function scheduleWords({ at, timeZone, days, jitterMs, catchUpMs, deadlineMs }: ScheduleConfig): string {
  const which = formatDays(days)
  const words = [
    `${at} ${timeZone}`,
    which === 'mon-sun' ? 'every day' : which,
    jitterMs > 0 && `jitter ${formatDuration(jitterMs)}`,
    `catch-up ${formatDuration(catchUpMs)}`,
    deadlineMs !== null && `deadline ${formatDuration(deadlineMs)}`,
  ]
  return words.filter(Boolean).join(', ')
}
