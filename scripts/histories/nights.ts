import type { Client } from '@temporalio/client'
import { scheduleOptions } from '../../client/schedule.js'
import { scheduleId } from '../../core/names.js'
import type { Admission } from '../../core/night.js'
import { DEFAULT_SCHEDULE } from '../../core/schedule.js'

/** Makes the migration's schedule in Temporal, fires it as often as it is called, and takes it away at the end. */
export async function withSchedule(
  client: Client,
  migration: string,
  use: (fire: () => Promise<Admission>) => Promise<void>,
): Promise<void> {
  const options = scheduleOptions(migration, { ...DEFAULT_SCHEDULE, at: '04:00' })
  const handle = await client.schedule.create({ ...options, state: {} })
  try {
    await use(async () => {
      const before = (await handle.describe()).info.numActionsTaken
      await handle.trigger('SKIP')
      for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
        const { info } = await handle.describe()
        const last = info.recentActions.at(-1)
        if (info.numActionsTaken > before && last !== undefined) {
          const { workflowId, firstExecutionRunId } = last.action.workflow
          return (await client.workflow.getHandle(workflowId, firstExecutionRunId).result()) as Admission
        }
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
      throw new Error(`waited 20 s in vain: ${scheduleId(migration)} fires`)
    })
  } finally {
    await handle.delete()
  }
}
