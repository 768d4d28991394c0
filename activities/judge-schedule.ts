import { clockChanges, judgeTime } from '../core/clock-changes.js'
import { scheduleOf } from '../core/config/publish.js'
import { Failure } from '../core/failure.js'
import { nextFirings } from '../core/firings.js'
import { DEFAULT_SCHEDULE, type JudgedSchedule, type WantedSchedule } from '../core/schedule.js'
import type { RunRef } from './messages.js'
import { offsetsOf } from './read-window.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface JudgeScheduleInput {
  /** The version whose config is asked where nothing is said. */
  readonly version: Omit<RunRef, 'run'>
  readonly wanted: WantedSchedule
}

/** Beyond it, nobody knows when clocks will be changed. */
const LOOKED_AT_MS = 2 * 366 * 86_400_000

const NEXT = 5

/**
 * What is said, over what the applied config says, as a schedule that keeps to it: refused where its time is not there
 * exactly once on every day of the next two years. In an activity, since Node's tables of time zones differ.
 */
export const judgeSchedule = (tools: Tools) =>
  step(tools, 'judgeSchedule', async ({ version, wanted }: JudgeScheduleInput): Promise<JudgedSchedule> => {
    const { stored } = await tools.plans.siteOf({ ...version, run: '' })
    const schedule = { ...DEFAULT_SCHEDULE, ...scheduleOf(stored.config), ...wanted }
    const { at, timeZone, jitterMs, catchUpMs } = schedule
    if (at === undefined)
      throw new Failure('refused', 'Neither the applied config nor the command says when nights are to begin', {
        remedy:
          'Write `schedule: {at: "04:00", time_zone: Europe/Paris}` and apply it, or say `--at "04:00 Europe/Paris"`.',
      })
    if (jitterMs >= catchUpMs)
      throw new Failure(
        'refused',
        'The jitter is not shorter than the catch-up: nights would come too late by chance',
        {
          remedy: 'Make the jitter shorter, or the catch-up longer.',
        },
      )
    const offsetAt = offsetsOf(timeZone)
    const now = Date.now()
    const { problem, safe } = judgeTime(at, clockChanges(now, now + LOOKED_AT_MS, offsetAt))
    if (problem !== null)
      throw new Failure('refused', `${at} in ${timeZone} ${problem}`, {
        remedy: `Safe there on every day: ${safe}. Or say the time in UTC, which is never changed.`,
      })
    const next = nextFirings({ ...schedule, at }, now, NEXT, offsetAt).map((moment) => new Date(moment).toISOString())
    return { schedule: { ...schedule, at }, next }
  })
