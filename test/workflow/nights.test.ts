import { describe, expect, it } from 'vitest'
import { runWorkflowId, WORKFLOWS } from '../../core/names.js'
import type { RunSummary } from '../../core/run.js'
import { apply, migrationStatus, pause, retry, schedule, type ScheduleRequest } from '../../workflows/messages.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { decided, fire, FOUR, SECOND, testSchedule, untilTime } from '../support/schedules.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { untilOpen, working } from '../support/working.js'
import { withWorld, type World } from '../support/world.js'

type Entity = Awaited<ReturnType<World['migration']>>

const applied = async (world: World): Promise<Entity> => {
  const entity = await world.migration('shop')
  await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
  return entity
}
const runsOf = async (entity: Entity): Promise<readonly RunSummary[]> => (await entity.query(migrationStatus)).runs
const setTo = (more: Partial<ScheduleRequest> = {}): ScheduleRequest => ({
  ...{ what: 'set', wanted: { at: '04:00' }, reason: '', by: 'ada', expires: soon() },
  ...more,
})

describe('a firing', { timeout: 120_000 }, () => {
  it('begins a run of the newest version, and ends while the run goes on', async () => {
    const steps = working()
    await withWorld(steps.script, async (world) => {
      const entity = await applied(world)
      const answer = await decided(world, await testSchedule(world))
      const { running } = await entity.query(migrationStatus)
      expect(answer).toEqual({ run: running?.run, reason: null })
      expect(running).toMatchObject({ version: 1 })
      steps.finish('')
      const run = world.client.workflow.getHandle(runWorkflowId('shop', answer.run ?? ''))
      expect(await run.result()).toMatchObject({ state: 'complete' })
      expect((await run.describe()).memo).toMatchObject({ by: 'schedule' })
    })
  })

  it('begins a run that ends, incomplete, at the deadline that was judged of its schedule', async () => {
    const steps = working()
    const judged: unknown[] = []
    const script: Script = {
      ...steps.script,
      judgeNight: async (input) => {
        judged.push(input)
        return { deadline: new Date(Date.now() + 3000).toISOString() }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      await entity.executeUpdate(schedule, { args: [setTo()] })
      const { run } = await decided(world, await testSchedule(world))
      const summary = await world.client.workflow.getHandle(runWorkflowId('shop', run ?? '')).result()
      expect(summary).toMatchObject({ state: 'incomplete', reason: expect.stringContaining('Its deadline came') })
    })
    const version = { migration: 'shop', version: 1, target: { connection: 'to', database: null } }
    expect(judged).toEqual([{ schedule: FOUR, version }])
  })

  it('that cannot be taken stands among the runs with its reason: nothing applied, held, still running', async () => {
    const steps = working()
    await withWorld(steps.script, async (world) => {
      const entity = await world.migration('shop')
      const shop = await testSchedule(world)
      const reasons = [(await decided(world, shop)).reason]
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      const asked = { by: 'ada', expires: soon(), reason: 'a freeze', table: null }
      await entity.executeUpdate(pause, { args: [asked] })
      reasons.unshift((await decided(world, shop)).reason)
      await entity.signal('resume', { by: 'ada' })
      await waitUntil('nothing holds it', async () => (await entity.query(migrationStatus)).holds.length === 0)
      const { run } = await decided(world, shop)
      await untilOpen(steps, 'prepare')
      reasons.unshift((await decided(world, shop)).reason)
      const refused = await runsOf(entity)
      expect(refused.map(({ state }) => state)).toEqual(['refused', 'refused', 'refused'])
      expect(refused.map(({ reason }) => reason)).toEqual(reasons)
      expect(reasons).toEqual([
        `still running: Run ${run} is under way`,
        expect.stringMatching(/^held: since \S+ by ada \(h1\): a freeze$/),
        expect.stringContaining('nothing applied'),
      ])
      expect(new Set([run, ...refused.map((one) => one.run)]).size).toBe(4)
      steps.finish('')
      await world.client.workflow.getHandle(runWorkflowId('shop', run ?? '')).result()
      await waitUntil('its end', async () => (await entity.query(migrationStatus)).running === null)
      expect((await runsOf(entity)).map(({ state }) => state)).toEqual(['complete', 'refused', 'refused', 'refused'])
    })
  })

  it('that is refused night after night does not push out what ran before', () =>
    withWorld({}, async (world) => {
      const entity = await applied(world)
      const shop = await testSchedule(world)
      const { run } = await decided(world, shop)
      await waitUntil('its end', async () => (await runsOf(entity)).length === 1, 30_000)
      const night = { workflowId: 'night/shop/at-x', scheduled: new Date().toISOString(), refuse: 'held' }
      const expires = new Date(soon()).toISOString()
      for (let n = 0; n < 70; n++) await entity.signal('admit', { ...night, expires })
      await waitUntil('them all', async () => (await runsOf(entity)).length === 11, 30_000)
      expect((await runsOf(entity)).at(-1)).toMatchObject({ run, state: 'complete' })
    }))

  it('that was refused is not the last run, for whoever retries that', async () => {
    const steps = working()
    steps.finish('')
    await withWorld({ ...steps.script, closeRun: stopped }, async (world) => {
      const entity = await world.migration('shop')
      const { run } = await applyAndRun(entity, 'shop')
      await world.client.workflow.getHandle(runWorkflowId('shop', run)).result()
      await waitUntil('its end', async () => (await entity.query(migrationStatus)).running === null)
      await entity.executeUpdate(pause, { args: [{ by: 'ada', expires: soon(), reason: 'a freeze', table: null }] })
      await decided(world, await testSchedule(world))
      await entity.signal('resume', { by: 'ada' })
      await waitUntil('nothing holds it', async () => (await entity.query(migrationStatus)).holds.length === 0)
      const asked = { by: 'ada', expires: soon(), run: null, tables: null }
      expect(await entity.executeUpdate(retry, { args: [asked] })).toMatchObject({ run })
    })
  })

  it('that no worker took within catch_up is refused, and recorded', async () => {
    let night = ''
    await withWorld(
      {},
      async (world) => {
        const entity = world.client.workflow.getHandle('migration/shop')
        const answer = (await world.client.workflow.getHandle(night).result()) as object
        const { runs } = (await entity.query(migrationStatus)) as { runs: readonly RunSummary[] }
        expect(runs).toMatchObject([
          { state: 'refused', reason: expect.stringMatching(/^too late: .*catch_up is 1s$/) },
        ])
        expect(answer).toEqual({ run: null, reason: runs[0]?.reason })
      },
      async (world) => {
        await world.migration('shop')
        const shop = await testSchedule(world, SECOND, { ...FOUR, catchUpMs: 10_000 })
        await shop.update((before) => ({
          ...before,
          action: { ...before.action, args: [{ migration: 'shop', catchUpMs: 1000 }] },
          policies: { ...before.policies },
        }))
        const begun = await waitUntil('a night', async () => (await shop.describe()).info.recentActions[0], 30_000)
        night = begun.action.workflow.workflowId
        await waitUntil('others to be skipped', async () => (await shop.describe()).info.numActionsSkippedOverlap > 0)
        await shop.pause()
        await untilTime(begun.scheduledAt.getTime() + 2500)
      },
    )
  })

  it('while a night still asks is skipped, also one that a person fires', async () => {
    let go = (): void => {}
    const released = new Promise<void>((resolve) => (go = resolve))
    let applies = 0
    const script: Script = {
      applyVersion: async ({ by, at, lastNumber }) => {
        if (++applies > 1) await released
        const version = { number: lastNumber + 1, planHash: 'p', configHash: 'c', by, at, tables: 1 }
        return { version, changed: true, findings: { blocking: 0, warning: 0, info: 0 }, ref: 'kept' }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      const again = { config: configOf('shop'), by: 'ada', expires: soon() }
      const second = await entity.startUpdate(apply, { args: [again], waitForStage: 'ACCEPTED' })
      await waitUntil('the apply', () => applies === 2)
      const shop = await testSchedule(world)
      const night = await fire(world, shop)
      await shop.trigger('SKIP')
      await waitUntil(
        'it to be skipped',
        async () => (await shop.describe()).info.numActionsSkippedOverlap === 1,
        30_000,
      )
      go()
      await second.result()
      const { run } = (await night.result()) as { run: string }
      // It waited for the apply, and runs what was applied.
      const found = await world.client.workflow.getHandle(runWorkflowId('shop', run)).result()
      expect(found).toMatchObject({ run, state: 'complete' })
      expect((await shop.describe()).info.numActionsTaken).toBe(1)
    })
  })

  it('fails, and says so, where there is no such migration', () =>
    withWorld({}, async (world) => {
      const night = await fire(world, await testSchedule(world))
      const failure = await failureOf(night.result())
      expect([failure.type, failure.message]).toEqual(['Refused', expect.stringContaining('no migration shop')])
    }))

  it('is told by anybody what is none of theirs, and waits on', () =>
    withWorld({}, async (world) => {
      await applied(world)
      const entity = world.client.workflow.getHandle('migration/shop')
      for (const asked of [null, {}, { workflowId: 'run/shop/x', scheduled: 'x' }]) await entity.signal('admit', asked)
      const { running, runs } = (await entity.query(migrationStatus)) as { running: unknown; runs: readonly unknown[] }
      expect([running, runs]).toEqual([null, []])
    }))
})

const stopped: NonNullable<Script['closeRun']> = async ({ ref }) => ({
  ...{ run: ref.run, version: 1, state: 'incomplete', label: 'best-effort', started: '2026-11-20T03:00:00.000Z' },
  ...{ ended: '2026-11-20T03:00:01.000Z', tables: 1, stopped: 1, rows: 0, bytes: 0, reason: 'a table stopped' },
})

describe('a schedule that fires each second', { timeout: 120_000 }, () => {
  it('begins one run after another, never two, and records those that met a run', async () => {
    let open = 0
    let most = 0
    const script: Script = {
      copyBundle: async () => {
        most = Math.max(most, ++open)
        await untilTime(Date.now() + 1500)
        open--
        return { rows: 1, bytes: 1, stopped: 0 }
      },
    }
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      const shop = await testSchedule(world, SECOND)
      const complete = (runs: readonly RunSummary[]): RunSummary[] => runs.filter(({ state }) => state === 'complete')
      await waitUntil('three runs', async () => complete(await runsOf(entity)).length >= 3, 90_000)
      await shop.pause('enough')
      const runs = await runsOf(entity)
      expect(most).toBe(1)
      const refused = runs.filter(({ state }) => state === 'refused')
      expect(refused.length).toBeGreaterThan(0)
      for (const { reason } of refused) expect(reason).toMatch(/^still running: /)
      for await (const { workflowId } of world.client.workflow.list({ query: `WorkflowType = '${WORKFLOWS.night}'` }))
        expect(workflowId).toMatch(/^night\/shop\/at-\d{4}-/)
    })
  })
})
