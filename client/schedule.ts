import {
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type ScheduleOptions,
  type ScheduleUpdateOptions,
} from '@temporalio/client'
import { DAYS } from '../core/config/days.js'
import type { ScheduleConfig } from '../core/config/types.js'
import { nightWorkflowId, scheduleId, TASK_QUEUES, WORKFLOWS } from '../core/names.js'
import type { NightInput } from '../core/night.js'
import { scheduleWords } from '../core/schedule.js'
import type { FiringStatus } from '../core/status.js'
import { explainTemporal, within, type Temporal } from './temporal.js'

const CALL_MS = 10_000

const DAY_NAMES = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

/**
 * What Temporal is told. Overlap and catch-up are said, since its defaults (a year of catching up) are not ours: an outage
 * of a week must not fire seven nights.
 */
export function scheduleOptions(migration: string, schedule: ScheduleConfig): Omit<ScheduleOptions, 'state'> {
  const { at, timeZone, days, jitterMs, catchUpMs } = schedule
  const [hour = 0, minute = 0, second = 0] = at.split(':').map((part) => Number.parseInt(part, 10))
  const dayOfWeek = DAY_NAMES.filter((_, i) => days.some((day) => day === DAYS[i]))
  const input: NightInput = { migration, catchUpMs }
  return {
    scheduleId: scheduleId(migration),
    spec: { calendars: [{ hour, minute, second, dayOfWeek }], timezone: timeZone, jitter: jitterMs },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.night,
      workflowId: nightWorkflowId(migration),
      taskQueue: TASK_QUEUES.control,
      args: [input],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchUpMs, pauseOnFailure: false },
    memo: { migration },
  }
}

/** Makes the schedule, or changes the one that there is; one that is paused stays paused. Whether it is. Repeatable. */
export async function makeSchedule(
  temporal: Temporal,
  migration: string,
  schedule: ScheduleConfig,
  by: string,
): Promise<{ readonly paused: boolean }> {
  const note = `nights of ${migration}: ${scheduleWords(schedule)}; set by ${by}`
  const { memo, ...options } = scheduleOptions(migration, schedule)
  const found = await describeSchedule(temporal, migration)
  return await calling(temporal, async () => {
    if (found === null) {
      await temporal.client.schedule.create({ ...options, memo: memo ?? {}, state: { paused: false, note } })
      return { paused: false }
    }
    const { scheduleId: id, ...rest } = options
    let paused = false
    await temporal.client.schedule.getHandle(id).update((before): ScheduleUpdateOptions => {
      paused = before.state.paused
      // The note of a pause says why it pauses.
      return { ...rest, state: { paused, note: paused ? (before.state.note ?? note) : note } }
    })
    return { paused }
  })
}

/** Null: there is none. */
export async function describeSchedule(temporal: Temporal, migration: string): Promise<ScheduleDescription | null> {
  try {
    return await within(
      temporal,
      CALL_MS,
      async () => await temporal.client.schedule.getHandle(scheduleId(migration)).describe(),
    )
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null
    throw explainTemporal(temporal.where, error)
  }
}

/** What a person wants to know of it. */
export function firingStatus({ state, info }: ScheduleDescription): FiringStatus {
  return {
    paused: state.paused,
    note: state.note ?? null,
    next: info.nextActionTimes.map((at) => at.toISOString()),
    fired: info.numActionsTaken,
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  }
}

export const pauseSchedule = async (temporal: Temporal, migration: string, note: string): Promise<void> =>
  await calling(temporal, async () => await handleOf(temporal, migration).pause(note))

export const unpauseSchedule = async (temporal: Temporal, migration: string, note: string): Promise<void> =>
  await calling(temporal, async () => await handleOf(temporal, migration).unpause(note))

/** False: there was none. */
export async function removeSchedule(temporal: Temporal, migration: string): Promise<boolean> {
  try {
    await calling(temporal, async () => await handleOf(temporal, migration).delete())
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}

/** Fires it now, paused or not. The overlap is said: without it two nights may be open at once. */
export const fireNow = async (temporal: Temporal, migration: string): Promise<void> =>
  await calling(temporal, async () => await handleOf(temporal, migration).trigger(ScheduleOverlapPolicy.SKIP))

const handleOf = (temporal: Temporal, migration: string) => temporal.client.schedule.getHandle(scheduleId(migration))

async function calling<T>(temporal: Temporal, call: () => Promise<T>): Promise<T> {
  try {
    return await within(temporal, CALL_MS, call)
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) throw error
    throw explainTemporal(temporal.where, error)
  }
}
