import { setTimeout as delay } from 'node:timers/promises'
import type { Connection, ScheduleHandle, ScheduleSpec, WorkflowHandle } from '@temporalio/client'
import { scheduleOptions } from '../../client/schedule.js'
import type { Temporal } from '../../client/temporal.js'
import type { ScheduleConfig } from '../../core/config/types.js'
import type { Admission } from '../../core/night.js'
import { DEFAULT_SCHEDULE } from '../../core/schedule.js'
import { temporalAddress } from './servers.js'
import { waitUntil } from './wait.js'
import type { World } from './world.js'

export const FOUR: ScheduleConfig = { ...DEFAULT_SCHEDULE, at: '04:00' }

/** As a command of the client has it. */
export const temporalOf = ({ client, namespace }: World): Temporal => ({
  client,
  connection: client.connection as Connection,
  where: { address: temporalAddress(), namespace, from: 'TEMPORAL_ADDRESS' },
})

/** The schedule that the client makes, but for its times, which a test cannot wait for: none, unless it says some. */
export async function testSchedule(
  { client }: Pick<World, 'client'>,
  spec: ScheduleSpec = {},
  schedule: ScheduleConfig = FOUR,
): Promise<ScheduleHandle> {
  return await client.schedule.create({ ...scheduleOptions('shop', schedule), spec, state: {} })
}

export const SECOND = { intervals: [{ every: '1 second' }] } satisfies ScheduleSpec

/** Fires it, and hands over the night that it started. */
export async function fire({ client }: World, schedule: ScheduleHandle): Promise<WorkflowHandle> {
  const before = (await schedule.describe()).info.numActionsTaken
  await schedule.trigger('SKIP')
  const { workflow } = await waitUntil(
    'the night',
    async () => {
      const { info } = await schedule.describe()
      return info.numActionsTaken > before && info.recentActions.at(-1)?.action
    },
    30_000,
  )
  return client.workflow.getHandle(workflow.workflowId, workflow.firstExecutionRunId)
}

export const decided = async (world: World, schedule: ScheduleHandle): Promise<Admission> =>
  (await (await fire(world, schedule)).result()) as Admission

/** Until a moment has passed: what a clock decides cannot be waited for otherwise. */
export const untilTime = async (at: number): Promise<void> => await delay(Math.max(0, at - Date.now()))
