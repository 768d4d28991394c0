import { describe, expect, it } from 'vitest'
import { remove } from '../../client/commands/clean.js'
import { pausedWhile } from '../../client/paused-while.js'
import { Problem } from '../../client/problem.js'
import {
  describeSchedule,
  firingStatus,
  makeSchedule,
  pauseSchedule,
  removeSchedule,
  unpauseSchedule,
} from '../../client/schedule.js'
import { fireAndWait } from '../../client/schedule-now.js'
import type { AuditEntry } from '../../core/audit.js'
import type { WantedSchedule } from '../../core/schedule.js'
import { apply, clean, migrationStatus, pause, schedule, type ScheduleRequest } from '../../workflows/messages.js'
import { failureOf, soon } from '../support/runs.js'
import { FOUR, temporalOf } from '../support/schedules.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

type Entity = Awaited<ReturnType<World['migration']>>

const ask = async (entity: Entity, more: Partial<ScheduleRequest> = {}) =>
  await entity.executeUpdate(schedule, {
    args: [{ what: 'set', wanted: { at: '04:00' }, reason: '', by: 'ada', expires: soon(), ...more }],
  })

const begun = async (world: World): Promise<Entity> => {
  const entity = await world.migration('shop')
  await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
  return entity
}

describe('what the entity remembers of a schedule', { timeout: 120_000 }, () => {
  it('is what was judged, by whom, and whether it pauses; it survives a new execution and stands in the trail', async () => {
    const trail: AuditEntry[] = []
    const script: Script = { writeAudit: async ({ entry }) => void trail.push(entry) }
    await withWorld(script, async (world) => {
      const entity = await begun(world)
      expect((await entity.query(migrationStatus)).schedule).toBeNull()
      const { scheduled } = await ask(entity)
      expect(scheduled).toMatchObject({ schedule: FOUR, by: 'ada', paused: null })
      await ask(entity, { what: 'pause', reason: 'a freeze', by: 'bob' })
      // A new time is no resume.
      const moved = await ask(entity, { wanted: { at: '05:00' } })
      expect(moved.scheduled).toMatchObject({ schedule: { at: '05:00' }, paused: { by: 'bob', why: 'a freeze' } })
      const before = await entity.query(migrationStatus)
      const first = entity.firstExecutionRunId
      const latest = world.client.workflow.getHandle('migration/shop')
      for (let sent = 0; sent < 1100; sent += 100)
        await Promise.all(Array.from({ length: 100 }, () => latest.signal('noise', sent)))
      await waitUntil('a new execution', async () => (await latest.describe()).runId !== first, 20_000)
      expect(await latest.query(migrationStatus)).toEqual(before)
      const resumed = (await latest.executeUpdate(schedule, {
        args: [{ what: 'resume', wanted: {}, reason: '', by: 'ada', expires: soon() }],
      })) as { scheduled: { paused: unknown } }
      expect(resumed.scheduled.paused).toBeNull()
      // Nobody waits for a line of the trail, and two may be written at once.
      await waitUntil('the trail', () => trail.length === 4)
    })
    trail.sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
    expect(trail.map(({ what, by, why }) => [what, by, why])).toEqual([
      ['schedule', 'ada', '04:00 UTC, every day, catch-up 6h'],
      ['schedule pause', 'bob', 'a freeze'],
      ['schedule', 'ada', '05:00 UTC, every day, catch-up 6h'],
      ['schedule resume', 'ada', ''],
    ])
  })

  it('is gone when it is removed, and when the migration is cleaned', () =>
    withWorld({}, async (world) => {
      const entity = await begun(world)
      await ask(entity)
      expect((await ask(entity, { what: 'remove' })).scheduled).toBeNull()
      await ask(entity)
      await entity.executeUpdate(clean, { args: [{ by: 'ada', expires: soon() }] })
      expect((await entity.query(migrationStatus)).schedule).toBeNull()
    }))

  it('is nothing before a version is applied, and nothing that is not judged', () =>
    withWorld({ judgeSchedule: async () => Promise.reject(new Error('the clocks are broken')) }, async (world) => {
      const entity = await world.migration('shop')
      expect((await failureOf(ask(entity))).message).toContain('No version is applied yet')
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      expect((await failureOf(ask(entity))).message).toContain('broken')
      expect((await entity.query(migrationStatus)).schedule).toBeNull()
    }))

  it.each<[string, Partial<ScheduleRequest>]>([
    ['no verb', { what: 'stop' as 'pause' }],
    ['no time', { wanted: { at: '25:00' } }],
    ['a cron', { wanted: { cron: '* * * * *' } as WantedSchedule }],
    ['a jitter of a year', { wanted: { jitterMs: 1e12 } }],
    ['no reason at all', { reason: null as unknown as string }],
  ])('is not asked for with %s', async (_, more) => {
    await withWorld({}, async (world) => {
      const entity = await begun(world)
      expect((await failureOf(ask(entity, more))).type).toBe('Refused')
    })
  })
})

describe("Temporal's schedule", { timeout: 120_000 }, () => {
  it('has its overlap, catch-up, zone and note said; a change keeps a pause', () =>
    withWorld({}, async (world) => {
      const temporal = temporalOf(world)
      const paris = { ...FOUR, timeZone: 'Europe/Paris', days: ['mon', 'sun'], jitterMs: 300_000 } as const
      expect(await describeSchedule(temporal, 'shop')).toBeNull()
      expect(await makeSchedule(temporal, 'shop', paris, 'ada')).toEqual({ paused: false })
      const made = await describeSchedule(temporal, 'shop')
      expect(made).toMatchObject({
        scheduleId: 'schedule/shop',
        policies: { overlap: 'SKIP', catchupWindow: 21_600_000, pauseOnFailure: false },
        spec: { timezone: 'Europe/Paris', jitter: 300_000 },
        state: { paused: false, note: expect.stringContaining('04:00 Europe/Paris, mon,sun') },
      })
      expect(made?.spec.calendars?.[0]?.dayOfWeek.map(({ start }) => start).sort()).toEqual(['MONDAY', 'SUNDAY'])
      await pauseSchedule(temporal, 'shop', 'paused by bob: a freeze')
      expect(await makeSchedule(temporal, 'shop', { ...paris, at: '05:30', jitterMs: 0 }, 'ada')).toEqual({
        paused: true,
      })
      const changed = await describeSchedule(temporal, 'shop')
      const firing = changed === null ? null : firingStatus(changed)
      expect(firing).toMatchObject({ paused: true, note: 'paused by bob: a freeze', fired: 0 })
      const hours = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', timeStyle: 'short' })
      expect(new Set(firing?.next.map((at) => hours.format(Date.parse(at))))).toEqual(new Set(['05:30']))
      await unpauseSchedule(temporal, 'shop', 'resumed by bob')
      expect((await describeSchedule(temporal, 'shop'))?.state.paused).toBe(false)
      expect([await removeSchedule(temporal, 'shop'), await removeSchedule(temporal, 'shop')]).toEqual([true, false])
    }))

  it.each([false, true])(
    'is as it was (paused: %s) when a clean is refused, and goes with one that is done',
    (paused) =>
      withWorld({}, async (world) => {
        const temporal = temporalOf(world)
        const entity = await begun(world)
        await makeSchedule(temporal, 'shop', FOUR, 'ada')
        if (paused) await pauseSchedule(temporal, 'shop', 'a freeze')
        const state = async () => (await describeSchedule(temporal, 'shop'))?.state
        const before = await state()
        expect(before).toMatchObject({ paused, note: expect.stringMatching(/a freeze|set by ada/) })
        const cleaned = () =>
          remove({ temporal, wait: {} }, { migration: 'shop', target: null, workflows: [], schedule: true }, true)
        await entity.executeUpdate(pause, { args: [{ by: 'bob', expires: soon(), reason: 'a freeze', table: null }] })
        await expect(cleaned()).rejects.toMatchObject({ exit: 1 })
        expect(await state()).toEqual(before)
        await entity.signal('resume', { by: 'bob' })
        await waitUntil('nothing holds it', async () => (await entity.query(migrationStatus)).holds.length === 0)
        await cleaned()
        expect(await describeSchedule(temporal, 'shop')).toBeNull()
      }),
  )

  it('that a clean was cut off behind is as it was before that one when the next is refused', () =>
    withWorld({}, async (world) => {
      const temporal = temporalOf(world)
      await makeSchedule(temporal, 'shop', FOUR, 'ada')
      const before = (await describeSchedule(temporal, 'shop'))?.state
      const ends = (exit: 1 | 3) =>
        pausedWhile(temporal, 'shop', () => Promise.reject(new Problem(exit, 'No.', 'Wait.')))
      const lost: unknown = await ends(3).catch((error: unknown) => error)
      expect(lost).toMatchObject({
        exit: 3,
        remedy: expect.stringMatching(/^Wait\. .*nightferry schedule shop --resume/),
      })
      expect((await describeSchedule(temporal, 'shop'))?.state.paused).toBe(true)
      await expect(ends(1)).rejects.toMatchObject({ remedy: 'Wait.' })
      expect((await describeSchedule(temporal, 'shop'))?.state).toEqual(before)
    }))

  it('stays paused when the migration is resumed, and fires once for whoever says now', () =>
    withWorld({}, async (world) => {
      const temporal = temporalOf(world)
      const entity = await begun(world)
      await makeSchedule(temporal, 'shop', FOUR, 'ada')
      await pauseSchedule(temporal, 'shop', 'a freeze')
      await entity.executeUpdate(pause, { args: [{ by: 'ada', expires: soon(), reason: 'why', table: null }] })
      expect(await fireAndWait(temporal, 'shop')).toMatchObject({ run: null, reason: expect.stringMatching(/^held: /) })
      await entity.signal('resume', { by: 'ada' })
      await waitUntil('nothing holds it', async () => (await entity.query(migrationStatus)).holds.length === 0)
      expect((await describeSchedule(temporal, 'shop'))?.state.paused).toBe(true)
      const fired = await fireAndWait(temporal, 'shop')
      expect(fired).toMatchObject({ run: expect.stringMatching(/^\d{8}-\d{6}/), reason: null })
    }))
})
