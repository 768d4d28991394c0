import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { DivideInput } from '../../activities/messages.js'
import type { AuditEntry } from '../../core/audit.js'
import type { Knobs } from '../../core/knobs.js'
import { runWorkflowId } from '../../core/names.js'
import { apply, migrationStatus, startRun } from '../../workflows/messages.js'
import { begin, nights, turn } from '../support/nights.js'
import { failureOf, soon } from '../support/runs.js'
import { big, configOf, prepared, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld } from '../support/world.js'

describe('a knob', { timeout: 240_000 }, () => {
  it('turns what runs: sessions, their pace and the size of chunks, and is taken back', async () => {
    const divided: DivideInput[] = []
    let isOver = false
    const night = nights({
      divideTable: async (input) => {
        divided.push(input)
        return { chunks: divided.length * 4, complete: isOver }
      },
    })
    await withWorld(night.script, async (world) => {
      const { entity, handle } = await begin(world)
      await waitUntil('some chunks', () => night.chunks.length >= 4, 60_000)
      const turned = { parallelism: 4, rowsPerSecond: 20_000, chunkBytes: 1024 }
      const { knobs, said } = await turn(entity, turned)
      expect([knobs, said]).toEqual([turned, expect.stringContaining('keep their size')])
      await waitUntil('four at once', () => night.open() === 4, 60_000)
      await waitUntil('their pace', () => night.chunks.at(-1)?.rowsPerSecond === 5000, 60_000)
      await waitUntil('the size', () => divided.at(-1)?.chunkBytes === 1024, 60_000)
      expect(divided.at(-1)?.rowsPerSecond).toBe(5000)
      await turn(entity, { parallelism: 1 })
      await waitUntil('one at a time', () => night.open() <= 1, 60_000)
      await waitUntil('all of the pace', () => night.chunks.at(-1)?.rowsPerSecond === 20_000, 60_000)
      const back = await turn(entity, {}, ['parallelism', 'rowsPerSecond', 'chunkBytes'])
      expect(back.knobs).toEqual({})
      await waitUntil('no pace', () => night.chunks.at(-1)?.rowsPerSecond === undefined, 60_000)
      isOver = true
      expect(await handle.result()).toMatchObject({ state: 'complete' })
    })
  })

  it('lasts until the next apply, for each run, and stands in the audit trail', async () => {
    const opened: (number | undefined)[] = []
    const audit: AuditEntry[] = []
    const script: Script = {
      prepareRun: async () => prepared({ reading: { onLost: 'best-effort' }, big: [big(0)] }),
      openSnapshot: async ({ parallelism }: { parallelism?: number }) => {
        opened.push(parallelism)
        return { label: 'best-effort', queue: null, sessions: parallelism ?? 4, stopped: 0 }
      },
      writeAudit: async ({ entry }) => void audit.push(entry),
    }
    await withWorld(script, async (world) => {
      const { entity, handle } = await begin(world)
      await handle.result()
      await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null, 60_000)
      const { said } = await turn(entity, { parallelism: 7 })
      expect(said).toContain('next run')
      const again = async (): Promise<void> => {
        const asked = { version: null, by: 'ada', expires: soon() }
        const { run } = await entity.executeUpdate(startRun, { args: [asked] })
        await world.client.workflow.getHandle(runWorkflowId('shop', run)).result()
        await waitUntil('the entity knows', async () => (await entity.query(migrationStatus)).running === null, 60_000)
      }
      await again()
      expect((await entity.query(migrationStatus)).knobs).toEqual({ parallelism: 7 })
      await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
      expect((await entity.query(migrationStatus)).knobs).toEqual({})
      await again()
    })
    expect(opened).toEqual([undefined, 7, undefined])
    expect(audit).toMatchObject([{ what: 'set', by: 'ada', why: 'parallelism=7', about: { parallelism: 7 } }])
  })

  it('opens no more sessions than a snapshot has, and says why', async () => {
    const night = nights({
      openSnapshot: async () => ({ label: 'snapshot', queue: 'nightferry-data', sessions: 3, stopped: 0 }),
      keepSnapshot: async () => {
        for (const context = Context.current(); ; await context.sleep(300)) context.heartbeat()
      },
    })
    night.allow(2)
    await withWorld(night.script, async (world) => {
      const { entity } = await begin(world)
      await waitUntil('some chunks', () => night.chunks.length >= 2, 60_000)
      const failure = await failureOf(turn(entity, { parallelism: 4 }))
      expect([failure.type, failure.message]).toEqual(['Refused', expect.stringContaining('snapshot of 3 sessions')])
      expect((await turn(entity, { parallelism: 3 })).knobs).toEqual({ parallelism: 3 })
      await waitUntil('three at once', () => night.open() === 3, 60_000)
    })
  })

  it.each<[string, Knobs, (keyof Knobs)[]]>([
    ['nothing', {}, []],
    ['a parallelism of 0', { parallelism: 0 }, []],
    ['a parallelism of 65', { parallelism: 65 }, []],
    ['half a row', { rowsPerSecond: 0.5 }, []],
    ['no window', { window: 'at night' }, []],
    ['a knob that is none', { colour: 'red' } as Knobs, []],
    ['a way back for one that is none', {}, ['colour' as keyof Knobs]],
  ])('is refused where it says %s', async (_, knobs, reset) => {
    await withWorld({}, async ({ migration }) => {
      const entity = await migration('shop')
      expect((await failureOf(turn(entity, knobs, reset))).type).toBe('Refused')
      expect((await entity.query(migrationStatus)).knobs).toEqual({})
    })
  })

  it('is refused with the reason of whoever judges the window', async () => {
    const script: Script = {
      readWindow: async () => {
        throw ApplicationFailure.nonRetryable('A window needs best-effort', 'refused')
      },
    }
    await withWorld(script, async (world) => {
      const { entity } = await begin(world)
      const failure = await failureOf(turn(entity, { window: '22:00-05:00 UTC' }))
      expect(failure.message).toBe('A window needs best-effort')
    })
  })
})
