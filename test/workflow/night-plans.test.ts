import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { JudgeNightInput } from '../../activities/judge-night.js'
import type { PlanNightInput } from '../../activities/plan-night.js'
import type { PrepareInput } from '../../activities/prepare-run.js'
import type { RememberInput } from '../../activities/remember-run.js'
import type { RunHookInput } from '../../activities/run-hook.js'
import { runWorkflowId } from '../../core/names.js'
import { apply, migrationStatus, schedule } from '../../workflows/messages.js'
import { soon } from '../support/runs.js'
import { decided, testSchedule } from '../support/schedules.js'
import { configOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const HOME = { connection: 'to', database: 'shop', published: 'shop' }
const NONE = { blocking: 0, warning: 0, info: 0 }
const BROKEN = [{ ordinal: 3, column: 'active', what: 'tinyint(1) became boolean, and holds a 2 now' }]

const applyVersion: NonNullable<Script['applyVersion']> = async ({ by, at, lastNumber }) => ({
  version: { number: lastNumber + 1, planHash: 'plan', configHash: 'config', by, at, tables: 1 },
  ...{ changed: true, findings: NONE, ref: 'kept', home: HOME },
  around: { hooks: { on_failure: { http: 'chat' } }, copies: false, schema: 'public' },
})

/** Stored for the night, as version 2. */
const planNight: NonNullable<Script['planNight']> = async ({ at, lastNumber }) => ({
  version: { number: lastNumber + 1, planHash: 'other', configHash: 'config', by: 'schedule', at, tables: 4 },
  ...{ changed: true, findings: NONE, ref: 'kept', broken: BROKEN },
})

const asking = () => ({ config: configOf('shop'), by: 'ada', expires: soon() })

async function applied(world: World) {
  const entity = await world.migration('shop')
  await entity.executeUpdate(apply, { args: [asking()] })
  return { entity, status: async () => await entity.query(migrationStatus) }
}

const ended = async ({ client }: World, run: string | null): Promise<unknown> =>
  await client.workflow.getHandle(runWorkflowId('shop', run ?? '')).result()

describe('a night plans anew', { timeout: 120_000 }, () => {
  it('under the applied config, and its run stops what is broken, under the version that was stored', async () => {
    const planned: PlanNightInput[] = []
    const prepared: PrepareInput[] = []
    const script: Script = {
      applyVersion,
      planNight: async (input) => (planned.push(input), await planNight(input)),
      prepareRun: async (input) => {
        prepared.push(input)
        return { parallelism: 1, tables: 4, stopped: 1, big: [], bundles: [], constraints: false }
      },
    }
    await withWorld(script, async (world) => {
      const { status } = await applied(world)
      const { run } = await decided(world, await testSchedule(world))
      await ended(world, run)
      expect(prepared).toMatchObject([{ ref: { run, version: 2 }, broken: BROKEN }])
      const { versions, target, applying } = await status()
      expect(versions.map(({ number, by }) => [number, by])).toEqual([
        [1, 'ada'],
        [2, 'schedule'],
      ])
      // A night does not decide anew how it is built.
      expect([target, applying]).toEqual([HOME, false])
    })
    expect(planned).toMatchObject([{ migration: 'shop', target: HOME, lastNumber: 1 }])
  })

  it('and is refused by what stands against it: recorded, remembered and told, and the next one may begin', async () => {
    const kept: RememberInput[] = []
    const hooks: RunHookInput[] = []
    const message = 'Column orders.at: a cast names a column that is not there'
    let nights = 0
    const script: Script = {
      applyVersion,
      planNight: async (input) => {
        if (++nights > 1) return await planNight(input)
        const details = [{ remedy: 'Correct it.' }]
        throw ApplicationFailure.create({ type: 'refused', message, nonRetryable: true, details })
      },
      rememberRun: async (input) => (kept.push(input), { since: null, news: 0 }),
      runHook: async (input) => (hooks.push(input), null),
    }
    await withWorld(script, async (world) => {
      const { status } = await applied(world)
      const shop = await testSchedule(world)
      const reason = `${message}. Correct it.`
      expect(await decided(world, shop)).toEqual({ run: null, reason })
      const first = await status()
      expect(first).toMatchObject({ applying: false, running: null, target: HOME })
      expect(first.runs).toMatchObject([{ state: 'refused', reason }])
      expect(first.versions).toHaveLength(1)
      await waitUntil('what is told of it', () => kept.length > 0 && hooks.length > 0)
      const memory = { connection: 'to', database: 'nightferry' }
      expect(kept).toMatchObject([{ memory, ledger: null, published: 'not published', summary: first.runs[0] }])
      expect(hooks).toMatchObject([{ moment: 'on_failure', told: { verdict: 'refused', reason } }])
      const { run } = await decided(world, shop)
      expect(await ended(world, run)).toMatchObject({ run, state: 'complete' })
    })
  })

  it('and where somebody applied since, the run is of that version and stops nothing of the older plan', async () => {
    const prepared: PrepareInput[] = []
    let go = (): void => {}
    const judging = new Promise<void>((resolve) => (go = resolve))
    const asked: JudgeNightInput[] = []
    const script: Script = {
      ...{ applyVersion, planNight },
      judgeNight: async (input) => {
        asked.push(input)
        await judging
        return { deadline: null }
      },
      prepareRun: async (input) => {
        prepared.push(input)
        return { parallelism: 1, tables: 4, stopped: 0, big: [], bundles: [], constraints: false }
      },
    }
    await withWorld(script, async (world) => {
      const { entity } = await applied(world)
      const wanted = { at: '04:00' }
      await entity.executeUpdate(schedule, { args: [{ ...asking(), what: 'set', wanted, reason: '' }] })
      const night = decided(world, await testSchedule(world))
      await waitUntil('its deadline to be judged', () => asked.length > 0, 30_000)
      expect((await entity.executeUpdate(apply, { args: [asking()] })).version).toBe(3)
      go()
      await ended(world, (await night).run)
    })
    expect(prepared.map(({ ref, broken }) => [ref.version, broken])).toEqual([[3, undefined]])
  })
})
