import { normalTime } from '../schedule.js'
import { DAYS, parseDays } from './days.js'
import { parseDuration } from './durations.js'
import type { WrittenConfig } from './schema.js'
import type { Config, Hook, HookMoment } from './types.js'

type Nights = Pick<Config, 'schedule' | 'publish' | 'copies' | 'hooks'>

/** The keys that are about nights, as the rest of the code has them; those that are not written are absent, but `publish`. */
export function nightsFrom({ schedule, publish, copies, hooks }: WrittenConfig): Nights {
  const { mode, keep, create } = publish
  const { owner, locale, grants } = create
  return {
    ...(schedule !== undefined && { schedule: scheduleFrom(schedule) }),
    publish: { mode: mode ?? null, keep, create: { owner: owner ?? null, locale: locale ?? null, grants } },
    ...(copies !== undefined && Object.keys(copies).length > 0 && { copies }),
    ...(hooks !== undefined && Object.keys(hooks).length > 0 && { hooks: hooksFrom(hooks) }),
  }
}

const scheduleFrom = (written: NonNullable<WrittenConfig['schedule']>): NonNullable<Config['schedule']> => ({
  at: normalTime(written.at),
  timeZone: written.time_zone,
  days: parseDays(written.days) ?? DAYS,
  jitterMs: parseDuration(String(written.jitter))!,
  catchUpMs: parseDuration(String(written.catch_up))!,
  deadlineMs: written.deadline === undefined ? null : parseDuration(String(written.deadline)),
})

function hooksFrom(written: NonNullable<WrittenConfig['hooks']>): Partial<Record<HookMoment, Hook>> {
  const hooks: Partial<Record<HookMoment, Hook>> = {}
  for (const moment of ['before_run', 'after_publish', 'on_news', 'on_failure'] as const) {
    const hook = written[moment]
    if (hook !== undefined) hooks[moment] = hook as Hook
  }
  return hooks
}
