import { describe, expect, it } from 'vitest'
import { migrationWorkflowId, SIGNALS } from '../../core/names.js'
import { apply, migrationStatus } from '../../workflows/messages.js'
import { GARBAGE, signalRaw, soon, startRunAlone } from '../support/runs.js'
import { big, configOf, prepared } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

/** What a person may send from Temporal's own tools: nothing, null and a text of theirs are good ones. */
const SPOKEN: readonly string[] = [SIGNALS.pause, SIGNALS.resume]

describe('signals from anybody', () => {
  it('leave the entity as it was, whatever they carry', () =>
    withWorld({}, async ({ client, migration }) => {
      const entity = await migration('shop')
      const before = await entity.query(migrationStatus)
      await entity.signal('hello')
      for (const [, payload] of Object.entries(GARBAGE))
        for (const name of ['hello', ...Object.values(SIGNALS).filter((one) => !SPOKEN.includes(one))])
          await signalRaw(client, migrationWorkflowId('shop'), name, payload)
      expect(await entity.query(migrationStatus)).toEqual(before)
      const answer = await entity.executeUpdate(apply, {
        args: [{ config: configOf('shop'), by: 'ada', expires: soon() }],
      })
      expect(answer.version).toBe(1)
    }))

  it('leave a run and its tables at their work, with the sessions they had', async () => {
    let go = (): void => {}
    const released = new Promise<void>((resolve) => (go = resolve))
    let open = 0
    const script = {
      prepareRun: async () => prepared({ parallelism: 3, big: [big(0)] }),
      divideTable: async () => ({ chunks: 40, complete: true }),
      copyChunks: async ({ count }: { count: number }) => {
        open++
        await released
        return { rows: count, bytes: count, seconds: 1 }
      },
    }
    await withWorld(script, async (world) => {
      const run = await startRunAlone(world)
      const table = world.client.workflow.getHandle(`${run.workflowId}/t0`)
      await waitUntil('the table is open', async () => (await table.describe()).status.name === 'RUNNING')
      for (const [, payload] of Object.entries(GARBAGE))
        for (const name of ['hello', ...Object.values(SIGNALS)])
          for (const id of [run.workflowId, table.workflowId]) await signalRaw(world.client, id, name, payload)
      // They wait for their turn behind all of these.
      await waitUntil('its sessions are at work', () => open === 3, 30_000)
      go()
      expect((await run.result()).state).toBe('complete')
    })
  })

  it('do not keep the entity from continuing as new with all that it knows', () =>
    withWorld({}, async ({ client, migration }) => {
      const entity = await migration('shop')
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      const before = await entity.query(migrationStatus)
      const first = entity.firstExecutionRunId
      const latest = client.workflow.getHandle(migrationWorkflowId('shop'))
      for (let sent = 0; sent < 1100; sent += 100)
        await Promise.all(Array.from({ length: 100 }, () => latest.signal('noise', sent)))
      await waitUntil('a new execution', async () => (await latest.describe()).runId !== first, 20_000)
      expect(await latest.query(migrationStatus)).toEqual(before)
    }))
})
