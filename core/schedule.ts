import { formatDays } from './config/days.js'
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
}

/** What a schedule starts each time. */
export interface NightInput {
  readonly migration: string
  /** A night that is later than this is refused. */
  readonly catchUpMs: number
}

/** What a night asks the entity by a signal. */
export interface AskedAdmission {
  /** The night's: where the answer goes. */
  readonly workflowId: string
  /** ISO 8601: when it was to begin, and until when anybody waits for the answer. */
  readonly scheduled: string
  readonly expires: string
  /** The night knows itself why it cannot be taken; it is only to be recorded. */
  readonly refuse?: string
}

/** What became of a night. */
export interface Admission {
  /** The run that began; null: it was refused. */
  readonly run: string | null
  /** Why it was refused; null: it was not. */
  readonly reason: string | null
}

/** Signals come from anybody. */
export function isAskedAdmission(value: unknown, migration: string): value is AskedAdmission {
  if (typeof value !== 'object' || value === null) return false
  const { workflowId, scheduled, expires, refuse } = value as Record<string, unknown>
  const isMoment = (text: unknown): boolean => typeof text === 'string' && Number.isFinite(Date.parse(text))
  const isOurs = typeof workflowId === 'string' && workflowId.startsWith(`night/${migration}/`)
  return isOurs && isMoment(scheduled) && isMoment(expires) && (refuse === undefined || typeof refuse === 'string')
}

export function isAdmission(value: unknown): value is Admission {
  if (typeof value !== 'object' || value === null) return false
  const { run, reason } = value as Record<string, unknown>
  return (run === null) !== (reason === null) && typeof (run ?? reason) === 'string'
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
