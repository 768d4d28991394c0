import { describe, expect, it } from 'vitest'
import { runWorkflowId } from '../../core/names.js'
import { apply, migrationStatus, pause, resume, startRun } from '../../workflows/messages.js'
import { asking, begin, CLOSED, EACH_ONCE, firsts, nights, turn } from '../support/nights.js'
import { failureOf, soon } from '../support/runs.js'
import { configOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

describe('a window', { timeout: 240_000 }, () => {
  it('ends at a chunk’s edge, is a hold that says when it lifts, and the same run goes on when it comes again', async () => {
    const night = nights()
    night.allow(8)
    await withWorld(night.script, async (world) => {
      const { entity, handle, holds } = await begin(world)
      for (const seen of [8, 20]) {
        await waitUntil('some chunks', () => night.open() === 2 && night.chunks.length === seen + 2, 60_000)
        const opens = new Date(Date.now() + 2500).toISOString()
        Object.assign(night.hours, { isOpen: false, changes: opens })
        // Another window makes it look at the clock.
        await turn(entity, { window: `${seen}:00-05:00 UTC` })
        await waitUntil('a hold', async () => (await holds()).length > 0, 60_000)
        expect(await holds()).toMatchObject([{ kind: 'window', by: 'nightferry', lifts: { at: opens } }])
        // A child may not have heard of it yet.
        night.allow(seen + 4)
        await waitUntil('what was under way is done', () => night.open() === 0, 60_000)
        Object.assign(night.hours, { isOpen: true, changes: null })
        const before = night.chunks.length
        expect(before).toBeLessThanOrEqual(seen + 4)
        night.allow(20)
        await waitUntil('it goes on', () => night.chunks.length > before, 60_000)
        expect(night.begun[before]).toBeGreaterThanOrEqual(Date.parse(opens) - 50)
        await waitUntil('no hold', async () => (await holds()).length === 0, 60_000)
      }
      night.allow(Infinity)
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(firsts(night.chunks)).toEqual(EACH_ONCE)
    expect(night.cancelled()).toBe(0)
  })

  it('that has not begun keeps the first row waiting', async () => {
    const night = nights()
    Object.assign(night.hours, { isOpen: false, changes: new Date(Date.now() + 3000).toISOString() })
    await withWorld(night.script, async (world) => {
      const { handle, holds } = await begin(world)
      await waitUntil('a hold', async () => (await holds()).length > 0, 60_000)
      expect(night.chunks).toEqual([])
      night.hours.isOpen = true
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })

  it('is not lifted by a resume, holds under a person’s hold as well, and is turned by set', async () => {
    const night = nights()
    Object.assign(night.hours, { isOpen: false, changes: CLOSED })
    await withWorld(night.script, async (world) => {
      const { entity, handle, holds } = await begin(world)
      const [hold] = await waitUntil('a hold', async () => ((await holds()).length > 0 ? await holds() : null), 60_000)
      // Not by its id either, so nobody is told to try that.
      for (const id of [hold?.id ?? '', null]) {
        const lifting = entity.executeUpdate(resume, { args: [{ ...asking(), hold: id }] })
        expect((await failureOf(lifting)).message).toContain('is the window')
      }
      const paused = await entity.executeUpdate(pause, { args: [asking()] })
      expect([paused.answered, paused.holds.map(({ kind }) => kind)]).toEqual([true, ['window', 'operator']])
      const resumed = await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      expect(resumed.holds.map(({ kind }) => kind)).toEqual(['window'])
      expect(night.chunks).toEqual([])
      await entity.executeUpdate(pause, { args: [asking()] })
      await turn(entity, { window: null })
      await waitUntil(
        'only the person’s',
        async () => (await holds()).map(({ kind }) => kind).join() === 'operator',
        60_000,
      )
      expect(night.chunks).toEqual([])
      await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
    expect(firsts(night.chunks)).toEqual(EACH_ONCE)
  })

  it('survives continue-as-new of the run, alone and under a person’s hold', async () => {
    const night = nights()
    Object.assign(night.hours, { isOpen: false, changes: CLOSED })
    await withWorld(night.script, async (world) => {
      const { entity, handle, holds } = await begin(world)
      await waitUntil('a hold', async () => (await holds()).length > 0, 60_000)
      const flood = async (): Promise<void> => {
        const before = (await handle.describe()).runId
        for (let sent = 0; sent < 2000; sent += 100)
          await Promise.all(Array.from({ length: 100 }, () => handle.signal('noise')))
        await waitUntil('a new execution', async () => (await handle.describe()).runId !== before, 60_000)
      }
      await flood()
      await entity.executeUpdate(pause, { args: [asking()] })
      await flood()
      await waitUntil('both hold', async () => (await holds()).length === 2, 60_000)
      night.hours.isOpen = true
      night.hours.changes = null
      await turn(entity, { window: '01:00-02:00 UTC' })
      await waitUntil(
        'only the person’s',
        async () => (await holds()).map(({ kind }) => kind).join() === 'operator',
        60_000,
      )
      await entity.executeUpdate(resume, { args: [{ ...asking(), hold: null }] })
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })
})

describe('a deadline', { timeout: 240_000 }, () => {
  const soonAfter = (): string => new Date(Date.now() + 15_000).toISOString()
  const start = async (world: World, deadline: string) => {
    const entity = await world.migration('shop')
    await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
    const asked = { version: null, by: 'ada', expires: soon(), deadline }
    const { run } = await entity.executeUpdate(startRun, { args: [asked] })
    return { entity, handle: world.client.workflow.getHandle(runWorkflowId('shop', run)) }
  }

  it('ends a run that waits for its window, incomplete', async () => {
    const night = nights()
    Object.assign(night.hours, { isOpen: false, changes: CLOSED })
    await withWorld(night.script, async (world) => {
      const { entity, handle } = await start(world, soonAfter())
      expect(await handle.result()).toMatchObject({ state: 'incomplete' })
      await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null, 60_000)
      const { runs, holds } = await entity.query(migrationStatus)
      expect([runs[0]?.reason, holds]).toEqual([expect.stringContaining('Its deadline came'), []])
    })
  })

  it('ends a run that a person holds, incomplete; the hold stays', async () => {
    const night = nights()
    night.allow(0)
    await withWorld(night.script, async (world) => {
      const { entity, handle } = await start(world, soonAfter())
      await entity.executeUpdate(pause, { args: [asking()] })
      expect(await handle.result()).toMatchObject({ state: 'incomplete' })
      await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null, 60_000)
      expect((await entity.query(migrationStatus)).holds.map(({ kind }) => kind)).toEqual(['operator'])
    })
  })

  it('that is over already begins nothing', async () => {
    await withWorld({}, async (world) => {
      const failure = await failureOf(start(world, '2020-01-01T00:00:00Z'))
      expect(failure.message).toContain('deadline is over already')
    })
  })
})
