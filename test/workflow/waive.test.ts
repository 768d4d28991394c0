import { Context } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import { ApplicationFailure } from '@temporalio/common'
import type { WaiveInput } from '../../activities/waive-check.js'
import type { AuditEntry } from '../../core/audit.js'
import { apply, clean as cleanUp, pause, waive, type WaiveRequest } from '../../workflows/messages.js'
import { failureOf, soon } from '../support/runs.js'
import { configOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

type Entity = Awaited<ReturnType<World['migration']>>

const UNTIL = '2026-12-20T03:00:00.000Z'

const ask = async (entity: Entity, more: Partial<WaiveRequest> = {}) =>
  await entity.executeUpdate(waive, {
    args: [{ check: 'standby', reason: 'comes in May', until: UNTIL, by: 'ada', expires: soon(), ...more }],
  })

const begun = async (world: World): Promise<Entity> => {
  const entity = await world.migration('shop')
  await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
  return entity
}

describe('a waiver of a check', { timeout: 120_000 }, () => {
  it('is judged and kept under the moment of its update, also under a pause, and both it and its end are audited', async () => {
    const trail: AuditEntry[] = []
    const told: WaiveInput[] = []
    await withWorld(
      {
        writeAudit: async ({ entry }) => void trail.push(entry),
        waiveCheck: async (input) => {
          told.push(input)
          const { by, why, at, expires } = input
          return { waiver: expires === null ? null : { check: 'standby', by, why, at, expires } }
        },
      },
      async (world) => {
        const entity = await begun(world)
        await entity.executeUpdate(pause, { args: [{ reason: 'a freeze', table: null, by: 'bob', expires: soon() }] })
        const { waiver } = await ask(entity)
        expect(waiver).toMatchObject({ check: 'standby', by: 'ada', why: 'comes in May', expires: UNTIL })
        expect((await ask(entity, { until: null, reason: 'it is there', by: 'zoe' })).waiver).toBeNull()
        await waitUntil('the trail', () => trail.length === 3)
      },
    )
    expect(told.map(({ migration, check, expires }) => [migration, check, expires])).toEqual([
      ['shop', 'standby', UNTIL],
      ['shop', 'standby', null],
    ])
    const waived = trail.filter(({ what }) => what.startsWith('waive')).toSorted((a, b) => (a.at < b.at ? -1 : 1))
    expect(waived.map(({ what, by, why, about }) => [what, by, why, about])).toEqual([
      ['waive', 'ada', 'comes in May', { check: 'standby', expires: UNTIL }],
      ['waive lift', 'zoe', 'it is there', { check: 'standby' }],
    ])
  })

  it('that is refused says why, and leaves no line in the trail; before anything is applied none is taken', async () => {
    const trail: AuditEntry[] = []
    const details = [{ remedy: 'There are: standby.' }]
    await withWorld(
      {
        writeAudit: async ({ entry }) => void trail.push(entry),
        waiveCheck: async () => {
          throw ApplicationFailure.create({ type: 'Refused', message: 'No such check', nonRetryable: true, details })
        },
      },
      async (world) => {
        const early = await world.migration('early')
        expect(await failureOf(ask(early))).toMatchObject({ message: 'No version is applied yet' })
        expect(await failureOf(ask(await begun(world)))).toMatchObject({ message: 'No such check', details })
      },
    )
    expect(trail).toEqual([])
  })

  it('is refused while a clean is under way, which would find it there again', async () => {
    let [begins, mayEnd, asked] = [false, false, 0]
    await withWorld(
      {
        cleanTarget: async () => {
          begins = true
          const context = Context.current()
          for (; !mayEnd; await context.sleep(50)) context.heartbeat()
        },
        waiveCheck: async () => {
          asked++
          return { waiver: null }
        },
      },
      async (world) => {
        const entity = await begun(world)
        const cleaning = entity.executeUpdate(cleanUp, { args: [{ by: 'bob', expires: soon() }] })
        await waitUntil('the clean', () => begins)
        expect(await failureOf(ask(entity))).toMatchObject({ message: 'An apply or a clean is under way' })
        mayEnd = true
        await cleaning
        expect(await failureOf(ask(entity))).toMatchObject({ message: 'No version is applied yet' })
      },
    )
    expect(asked).toBe(0)
  })

  it.each<[string, Record<string, unknown>]>([
    ['no check', { check: '' }],
    ['a moment that is none', { until: 'soon' }],
    ['no moment', { until: undefined }],
    ['a reason that is no text', { reason: 7 }],
    ['nobody', { by: '' }],
  ])('of another shape is refused before it leaves a trace: %s', (_what, more) =>
    withWorld({}, async (world) => {
      const entity = await world.migration('shop')
      expect(await failureOf(ask(entity, more))).toMatchObject({
        message: expect.stringContaining('not as it should be'),
      })
    }),
  )
})
