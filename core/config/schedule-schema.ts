import { AT_PATTERN, DEFAULT_SCHEDULE, SCHEDULE_BOUNDS } from '../schedule.js'
import { DAYS_PATTERN, formatDays, parseDays } from './days.js'
import { formatDuration } from './durations.js'
import { duration } from './fields.js'
import { group, text } from './group.js'
import { isZone } from './zones.js'

const AT = 'must be a time of the day, such as 04:00'
const ZONE = 'must be a time zone of the IANA list, such as Europe/Paris or UTC'
const WHICH = 'must be days, such as mon-fri, or mon,wed,sat'

/** `schedule`: when nights begin. */
export const scheduleSchema = group('at, time_zone, days, jitter, catch_up, deadline', {
  at: text(AT)
    .regex(AT_PATTERN, { error: AT })
    .meta({ description: 'When a night begins, by the clock of that place.' }),
  time_zone: text(ZONE)
    .refine(isZone, { error: ZONE })
    .meta({ description: 'The place, by its name in the IANA list.' })
    .default(DEFAULT_SCHEDULE.timeZone),
  days: text(WHICH)
    .refine((days) => parseDays(days) !== null, { error: WHICH })
    .meta({ pattern: DAYS_PATTERN.source, description: 'On which days: mon-fri, or mon,wed,sat.' })
    .default(formatDays(DEFAULT_SCHEDULE.days)),
  jitter: duration(...SCHEDULE_BOUNDS.jitterMs)
    .meta({ description: 'Up to so much later, by chance: so that many migrations do not begin at once.' })
    .default(formatDuration(DEFAULT_SCHEDULE.jitterMs)),
  catch_up: duration(...SCHEDULE_BOUNDS.catchUpMs)
    .meta({ description: 'A night that could not begin in time is caught up for so long, and dropped beyond it.' })
    .default(formatDuration(DEFAULT_SCHEDULE.catchUpMs)),
  deadline: duration(...SCHEDULE_BOUNDS.deadlineMs)
    .meta({
      description: 'So long after its start a night ends, incomplete. Without it: an hour before the next one begins.',
    })
    .optional(),
})
