import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { migrationWorkflowId, runWorkflowId } from '../../core/names.js'
import { migrationStatus, pause, pauseSignal, resume, resumeSignal, runStatus } from '../../workflows/messages.js'
import { applyAndRun, failureOf, GARBAGE, signalRaw, soon } from '../support/runs.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld, type World } from '../support/world.js'

const asking = (by: string, table: string | null = null) => ({ by, expires: soon(), reason: 'a freeze', table })
const pausing = (by = 'ada', table: string | null = null) => ({ args: [asking(by, table)] as const })
const resuming = (by = 'ada', table: string | null = null, hold: string | null = null) => ({
  args: [{ ...asking(by, table), hold }] as const,
})

async function begin(world: World) {
  const entity = await world.migration('shop')
  const { run } = await applyAndRun(entity, 'shop')
  const handle = world.client.workflow.getHandle(runWorkflowId('shop', run))
  return { entity, handle, run }
}

const STEPS = ['prepare', 'copy', 'index', 'add', 'seal', 'plan', 'prove', 'judge']

describe('a pause', () => {
  it('stops every step of every phase before it is answered, and a resume does only what was open again', async () => {
    const steps = working()
    await withWorld(steps.script, async (world) => {
      const { entity, handle } = await begin(world)
      for (const name of STEPS) {
        await untilOpen(steps, name)
        const answer = await entity.executeUpdate(pause, { args: [...pausing().args] })
        expect([steps.open(), answer.answered, answer.work?.what]).toEqual([0, true, 'run'])
        expect((await handle.query(runStatus)).held).toBe(true)
        const { holds } = await entity.executeUpdate(resume, { args: [...resuming().args] })
        expect(holds).toEqual([])
        await untilOpen(steps, name)
        steps.finish(name)
      }
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    // A bundle is one step after another: its copy is found done.
    const once = steps.done.filter((name) => name !== 'copy bundle')
    expect(once.filter((name, i) => once.indexOf(name) !== i)).toEqual([])
    expect(steps.done.filter((name) => name.startsWith('copy 0')).length).toBe(6)
  })

  it('of one table lets the others finish, and the run waits for it', async () => {
    const steps = working()
    for (const name of STEPS.filter((one) => one !== 'copy')) steps.finish(name)
    await withWorld(steps.script, async (world) => {
      const { entity, handle } = await begin(world)
      await untilOpen(steps, 'copy 0')
      await entity.executeUpdate(pause, { args: [...pausing('ada', 't0').args] })
      expect([steps.open('copy 0'), steps.open('copy 1') > 0]).toEqual([0, true])
      steps.finish('copy')
      await waitUntil('the others are done', () => steps.done.filter((name) => name.startsWith('copy 1')).length === 6)
      await entity.executeUpdate(resume, { args: [...resuming('ada', 't0').args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(steps.done.filter((name) => name.startsWith('copy 0')).length).toBe(6)
  })

  it('of a table in a bundle stops each step of that bundle, and no other', async () => {
    const steps = working()
    for (const name of ['prepare', 'index 0', 'index 1', 'add', 'plan', 'prove']) steps.finish(name)
    const findTables = async () => ({ found: [{ name: 't2', ordinal: 2 }] })
    await withWorld({ ...steps.script, findTables }, async (world) => {
      const { entity, handle } = await begin(world)
      for (const what of ['copy', 'index', 'seal', 'judge']) {
        const bundled = `${what} bundle`
        await untilOpen(steps, bundled)
        await entity.executeUpdate(pause, { args: [...pausing('ada', 't2').args] })
        expect([steps.open(bundled), steps.open() > 0]).toEqual([0, what !== 'index'])
        // Its session went to those that go on: it waits for its turn.
        for (const other of [`${what} 0`, `${what} 1`, `${what} table`]) steps.finish(other)
        await entity.executeUpdate(resume, { args: [...resuming('ada', 't2').args] })
        await untilOpen(steps, bundled)
        steps.finish(what)
      }
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })

  it('is the whole set: each person lifts their own, and is told what holds still', async () => {
    const steps = working()
    for (const name of STEPS) if (name !== 'copy') steps.finish(name)
    await withWorld(steps.script, async (world) => {
      const { entity, handle } = await begin(world)
      await untilOpen(steps, 'copy')
      await entity.executeUpdate(pause, { args: [...pausing('ada').args] })
      await entity.executeUpdate(pause, { args: [...pausing('bob').args] })
      const { lifted, holds } = await entity.executeUpdate(resume, { args: [...resuming('ada').args] })
      expect([lifted.map(({ by }) => by), holds.map(({ by }) => by)]).toEqual([['ada'], ['bob']])
      expect(steps.open()).toBe(0)
      const failure = await failureOf(entity.executeUpdate(resume, { args: [...resuming('ada').args] }))
      expect(failure.message).toContain('bob')
      await entity.executeUpdate(resume, { args: [...resuming('ada', null, holds[0]?.id ?? '').args] })
      steps.finish('copy')
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })

  it('survives continue-as-new of entity and run, again and again, without a timer', async () => {
    const steps = working()
    for (const name of STEPS) if (name !== 'copy') steps.finish(name)
    await withWorld(steps.script, async (world) => {
      const { entity, handle } = await begin(world)
      await untilOpen(steps, 'copy')
      await entity.executeUpdate(pause, { args: [...pausing().args] })
      const floods = [
        { id: migrationWorkflowId('shop'), most: 1000 },
        { id: handle.workflowId, most: 2000 },
      ]
      for (const { id, most } of floods) {
        const latest = world.client.workflow.getHandle(id)
        for (let times = 0; times < 3; times++) {
          const before = (await latest.describe()).runId
          // Not without end: the server takes no continue-as-new while another signal is on its way.
          for (let sent = 0; sent < most; sent += 100)
            await Promise.all(Array.from({ length: 100 }, () => latest.signal('noise')))
          await waitUntil('a new execution', async () => (await latest.describe()).runId !== before, 30_000)
        }
        const { events } = await latest.fetchHistory()
        expect((events ?? []).some((event) => event.timerStartedEventAttributes)).toBe(false)
      }
      const latest = world.client.workflow.getHandle(migrationWorkflowId('shop'))
      expect((await latest.query(migrationStatus)).holds).toHaveLength(1)
      steps.finish('copy')
      await latest.executeUpdate(resume, { args: [...resuming().args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
      await waitUntil('the entity knows', async () => (await latest.query(migrationStatus)).running === null)
      expect((await latest.query(migrationStatus)).runs).toMatchObject([{ state: 'complete' }])
    })
  }, 180_000)

  it('can be a signal of anybody; one that must be refused is told in the status, and nothing bricks the entity', async () => {
    await withWorld({}, async ({ client, migration }) => {
      const entity = await migration('shop')
      await entity.signal(pauseSignal, { by: 'ana', reason: 'from the UI' })
      expect((await entity.query(migrationStatus)).holds).toMatchObject([{ by: 'ana', why: 'from the UI' }])
      await entity.signal(resumeSignal, { by: 'bob' })
      expect((await entity.query(migrationStatus)).refused).toMatchObject([{ signal: 'resume' }])
      await entity.signal(resumeSignal, { by: 'ana' })
      expect((await entity.query(migrationStatus)).holds).toEqual([])
      const megabyte = 'x'.repeat(1_000_000)
      for (const name of ['pause', 'resume']) {
        for (const payload of Object.values(GARBAGE)) await signalRaw(client, entity.workflowId, name, payload)
        for (const value of [megabyte, { by: megabyte }, [], 7]) await entity.signal(name, value)
      }
      const { refused } = await entity.query(migrationStatus)
      expect(refused.length).toBe(10)
      await entity.executeUpdate(pause, { args: [...pausing('zoe').args] })
      expect((await entity.query(migrationStatus)).holds.some(({ by }) => by === 'zoe')).toBe(true)
    })
  })
})

describe('a failure that says nothing of the table', () => {
  it('holds the run with its remedy, and a resume goes on where it was', async () => {
    const steps = working()
    for (const name of STEPS) steps.finish(name)
    let isWrong = true
    const script = {
      ...steps.script,
      copyBundle: async () => {
        const failure = { type: 'source-login', message: 'wrong password', nonRetryable: true }
        if (isWrong) throw ApplicationFailure.create({ ...failure, details: [{ remedy: 'Give the right one.' }] })
        return { rows: 1, bytes: 1, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      const { entity, handle } = await begin(world)
      const held = async () => (await entity.query(migrationStatus)).holds
      await waitUntil('a hold', async () => (await held()).length > 0)
      expect(await held()).toMatchObject([{ kind: 'failure', remedy: 'Give the right one.', lifts: null }])
      isWrong = false
      await entity.executeUpdate(resume, { args: [...resuming('whoever').args] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })

  it('lifts itself once the servers answer', async () => {
    const steps = working()
    for (const name of STEPS) steps.finish(name)
    let isAway = true
    const script = {
      ...steps.script,
      copyBundle: async () => {
        if (isAway) throw ApplicationFailure.create({ type: 'target-unreachable', message: 'away', nonRetryable: true })
        return { rows: 1, bytes: 1, stopped: 0 }
      },
      awaitServers: async () => {
        if (isAway) throw ApplicationFailure.create({ type: 'target-unreachable', message: 'away' })
      },
    }
    await withWorld(script, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('a hold', async () => (await entity.query(migrationStatus)).holds.length > 0)
      expect((await entity.query(migrationStatus)).holds).toMatchObject([{ kind: 'failure', by: 'nightferry' }])
      const looking = await waitUntil('it looks', async () =>
        (await handle.describe()).raw.pendingActivities?.find((one) => one.activityType?.name === 'awaitServers'),
      )
      // None: it looks for as long as they are away.
      expect(looking.maximumAttempts ?? 0).toBe(0)
      isAway = false
      expect(await handle.result()).toMatchObject({ state: 'complete' })
      expect((await entity.query(migrationStatus)).holds).toEqual([])
    })
  })
})
