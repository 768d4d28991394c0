import { parseDays } from '../core/config/days.js'
import { formatDuration, parseDuration } from '../core/config/durations.js'
import { parseAt, SCHEDULE_BOUNDS, type WantedSchedule } from '../core/schedule.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'
import { plain } from './render/text.js'

export interface ScheduleSettings {
  readonly at?: string
  readonly days?: string
  readonly jitter?: string
  readonly catchUp?: string
  readonly deadline?: string
}

const wrong = (option: string, typed: string, right: string): Problem =>
  new Problem(EXIT.usage, `${option} ${plain(typed)} is not ${right}`, 'Correct it; nothing was changed.')

/** What is typed, as the rest of the code has it; a Problem names the first that is wrong. */
export function readWanted({ at, days, jitter, catchUp, deadline }: ScheduleSettings): WantedSchedule {
  const time = at === undefined ? {} : parseAt(at)
  if (time === null) throw wrong('--at', at ?? '', 'a time of a place, such as "04:00 Europe/Paris"')
  const which = days === undefined ? [] : parseDays(days)
  if (which === null) throw wrong('--days', days ?? '', 'days, such as mon-fri, or mon,wed,sat')
  return {
    ...time,
    ...(days !== undefined && { days: which }),
    ...(jitter !== undefined && { jitterMs: duration('--jitter', jitter, SCHEDULE_BOUNDS.jitterMs) }),
    ...(catchUp !== undefined && { catchUpMs: duration('--catch-up', catchUp, SCHEDULE_BOUNDS.catchUpMs) }),
    // `none`: an hour before the next one, whatever the config says.
    ...(deadline !== undefined && {
      deadlineMs: deadline === 'none' ? null : duration('--deadline', deadline, SCHEDULE_BOUNDS.deadlineMs),
    }),
  }
}

function duration(option: string, typed: string, [from, to]: readonly [number, number]): number {
  const milliseconds = parseDuration(typed)
  if (milliseconds !== null && milliseconds >= from && milliseconds <= to) return milliseconds
  throw wrong(option, typed, `a time from ${formatDuration(from)} to ${formatDuration(to)}, such as 5m`)
}
