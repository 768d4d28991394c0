import { describe, expect, it } from 'vitest'
import { migrationWorkflowId, SIGNALS } from '../../core/names.js'
import { apply, migrationStatus, pause, resume, runStatus } from '../../workflows/messages.js'
import { applyAndRun, failureOf, GARBAGE, signalRaw, soon, startRunAlone } from '../support/runs.js'
import { big, configOf, prepared, summaryOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld } from '../support/world.js'

/** What a person may send from Temporal's own tools: nothing, null and a text of theirs are good ones. */
const SPOKEN: readonly string[] = [SIGNALS.pause, SIGNALS.resume]

const asking = () => ({ by: 'ada', expires: soon(), reason: 'a freeze', table: null })

describe('signals from anybody', { timeout: 120_000 }, () => {
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
      const endless = { ...asking(), by: 'x'.repeat(101) }
      expect((await failureOf(entity.executeUpdate(pause, { args: [endless] }))).message).toMatch(
        /not as it should be: by/,
      )
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

  it("under the id of what runs neither end it nor stay with the entity, and no halt but the entity's holds it", async () => {
    const steps = working()
    const megabyte = 'x'.repeat(1_000_000)
    await withWorld(steps.script, async (world) => {
      const entity = await world.migration('shop')
      const { run, workflowId } = await applyAndRun(entity, 'shop')
      await untilOpen(steps, 'prepare')
      const before = await entity.query(migrationStatus)
      const odd = { toString: 1, valueOf: 1 }
      const summary = { ...summaryOf(run, 'complete', null), reason: { of: 1 } }
      for (const wrong of [undefined, null, 7, 'x', {}, [], odd, { run, state: 'complete' }, summary])
        for (const [name, value] of [
          ['ended', { summary: wrong ?? {} }],
          ['troubled', { trouble: wrong }],
          ['troubled', { trouble: { message: wrong === 'x' ? null : wrong, remedy: wrong } }],
          ['hours', { closed: { window: wrong, until: megabyte } }],
          ['hours', { closed: { window: odd, until: wrong } }],
          ['reading', { label: wrong, sessions: wrong }],
          ['halted', { seq: wrong, snapshot: wrong }],
          ['halted', { seq: Number.MAX_SAFE_INTEGER, snapshot: wrong }],
        ] as const)
          await entity.signal(name, { workflowId, ...value })
      expect(await entity.query(migrationStatus)).toEqual(before)
      await entity.signal('troubled', { workflowId, trouble: { message: megabyte, remedy: megabyte } })
      const { holds } = await entity.query(migrationStatus)
      expect(JSON.stringify(holds).length).toBeLessThan(2000)
      await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      const handle = world.client.workflow.getHandle(workflowId)
      await untilOpen(steps, 'prepare')
      await handle.signal('halt', { seq: Number.MAX_SAFE_INTEGER, all: true, tables: [] })
      await handle.signal('halt', { seq: 1e300, all: true, tables: [] })
      await handle.signal('turnKnobs', { parallelism: 3, more: megabyte })
      expect((await handle.query(runStatus)).held).toBe(false)
      expect(await entity.executeUpdate(pause, { args: [asking()] })).toMatchObject({ answered: true })
      expect((await handle.query(runStatus)).held).toBe(true)
      await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      for (const name of ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'prove', 'judge']) steps.finish(name)
      expect(await handle.result()).toMatchObject({ state: 'complete' })
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
