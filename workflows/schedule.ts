import { scheduleWords } from '../core/schedule.js'
import { refuseExpired } from './apply-config.js'
import { audit } from './audit.js'
import type { Entity } from './entity.js'
import { asRefusal, refused } from './failures.js'
import type { ScheduleAnswer, ScheduleRequest } from './messages.js'
import { control, named } from './steps.js'

/**
 * Judges when nights are to begin and remembers it, or that they pause, or that there are none any more. The schedule
 * itself lies in Temporal, where whoever asked makes it: a workflow cannot. Repeatable.
 */
export async function scheduleNights(entity: Entity, request: ScheduleRequest): Promise<ScheduleAnswer> {
  refuseExpired(request)
  const { what, by, reason } = request
  const at = new Date().toISOString()
  if (what === 'set') return await setSchedule(entity, request, at)
  const { schedule } = entity
  if (what === 'remove') entity.schedule = null
  else if (schedule !== null)
    entity.schedule =
      what === 'pause' ? { ...schedule, paused: { by, at, why: reason } } : { ...schedule, paused: null, resumed: at }
  audit(entity, { what: `schedule ${what}`, by, why: reason, about: {} })
  return { scheduled: entity.schedule, next: [] }
}

async function setSchedule(
  entity: Entity,
  { by, reason, wanted }: ScheduleRequest,
  at: string,
): Promise<ScheduleAnswer> {
  const { migration, versions, target } = entity
  const version = versions.at(-1)?.number
  if (version === undefined || target === null)
    throw refused('No version is applied yet', 'Apply a config first: `nightferry apply FILE`.')
  try {
    const input = { version: { migration, version, target }, wanted }
    const { schedule, next } = await named(control.judgeSchedule, `may nights begin then? asked by ${by}`, input)
    entity.schedule = { schedule, by, at, paused: entity.schedule?.paused ?? null }
    const { timeZone, jitterMs, catchUpMs, deadlineMs } = schedule
    const about = { at: schedule.at, timeZone, days: schedule.days.join(','), jitterMs, catchUpMs, deadlineMs }
    audit(entity, { what: 'schedule', by, why: reason || scheduleWords(schedule), about })
    return { scheduled: entity.schedule, next }
  } catch (error) {
    throw asRefusal(error)
  }
}
