import type { ScheduleConfig } from '../core/config/types.js'
import { deadlineOf } from '../core/firings.js'
import type { RunRef } from './messages.js'
import { offsetsOf } from './read-window.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface JudgeNightInput {
  readonly schedule: ScheduleConfig
  /** The version that the night is to run. */
  readonly version: Omit<RunRef, 'run'>
  /** Turned over its config: hours, or null for none; absent: as the config says. */
  readonly window?: string | null
}

export interface JudgedNight {
  /** ISO 8601 in UTC; null: it has all the time that it needs. */
  readonly deadline: string | null
}

/** Until when a night that begins now may take. In an activity, since Node's tables of time zones differ. */
export const judgeNight = (tools: Tools) =>
  step(tools, 'judgeNight', async ({ schedule, version, window }: JudgeNightInput): Promise<JudgedNight> => {
    const { stored } = await tools.plans.siteOf({ ...version, run: '' })
    const hours = window === undefined ? (stored.config.limits.window ?? null) : window
    const deadline = deadlineOf(schedule, Date.now(), hours !== null, offsetsOf(schedule.timeZone))
    return { deadline: deadline === null ? null : new Date(deadline).toISOString() }
  })
