import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection, type ScheduleSpec } from '@temporalio/client'
import { expect, test } from 'vitest'
import { signalProcess } from '../../client/embedded/process-identity.js'
import { obtainTemporal } from '../../client/embedded/temporal-binary.js'
import { startTemporal, type RunningTemporal } from '../../client/embedded/temporal-server.js'
import { FOUR, testSchedule, untilTime } from '../support/schedules.js'
import { waitUntil } from '../support/wait.js'

/** What a schedule does of which Temporal itself was away: by the server, killed and started again. No worker is there. */

const CATCH_UP_MS = 10_000

/** Once, at that moment. */
function onceAt(at: number): ScheduleSpec {
  const when = new Date(at)
  const [hour, minute, second] = [when.getUTCHours(), when.getUTCMinutes(), when.getUTCSeconds()]
  return { calendars: [{ hour, minute, second }], timezone: 'UTC' }
}

async function kill(server: RunningTemporal): Promise<void> {
  const died = server.died()
  signalProcess(server.pid(), 'SIGKILL')
  await died
}

test('a missed night is caught up within its window, and dropped beyond it', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightferry-missed-'))
  const report = (): void => {}
  const binary = await obtainTemporal({ report, env: { ...process.env, TEMPORAL_ADDRESS: '' } })
  if (binary.use !== 'binary') throw new Error('no binary')
  const server = await startTemporal({ folder, binary, report })
  const connection = await Connection.connect({ address: server.address })
  try {
    const client = new Client({ connection })
    const shop = await testSchedule({ client }, onceAt(Date.now() + 3600_000), { ...FOUR, catchUpMs: CATCH_UP_MS })
    const infoOf = async () => (await shop.describe()).info
    // Away when it is due, for so long; then the schedule has said what became of it.
    const missed = async (away: number, isSeen: () => Promise<boolean>): Promise<number> => {
      const due = Math.ceil((Date.now() + 4000) / 1000) * 1000
      await shop.update((before) => ({ ...before, spec: onceAt(due), policies: before.policies }))
      await waitUntil('the change', async () => (await infoOf()).nextActionTimes[0]?.getTime() === due)
      await kill(server)
      expect(Date.now()).toBeLessThan(due)
      await untilTime(due + away)
      await server.restart()
      await waitUntil('what became of it', isSeen, 60_000, 500)
      return due
    }
    const caught = await missed(1000, async () => (await infoOf()).numActionsTaken === 1)
    const [action] = (await infoOf()).recentActions
    expect(action?.scheduledAt.getTime()).toBe(caught)
    expect(action?.takenAt.getTime()).toBeGreaterThan(caught + 1000)
    const workflowId = `night/shop/at-${new Date(caught).toISOString().replace('.000', '')}`
    expect(action?.action.workflow.workflowId).toBe(workflowId)
    // Nobody takes it, and the next one would be skipped for it.
    await client.workflow.getHandle(workflowId).terminate()

    await missed(CATCH_UP_MS + 1000, async () => (await infoOf()).numActionsMissedCatchupWindow === 1)
    expect(await infoOf()).toMatchObject({ numActionsTaken: 1, numActionsSkippedOverlap: 0 })
  } finally {
    await connection.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
