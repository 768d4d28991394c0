import { Context } from '@temporalio/activity'
import { describe, expect, it } from 'vitest'
import type { ChangeCopyInput } from '../../activities/change-copy.js'
import type { PublishInput } from '../../activities/publish-run.js'
import type { RememberInput } from '../../activities/remember-run.js'
import type { AuditEntry } from '../../core/audit.js'
import type { Place } from '../../core/place.js'
import {
  apply,
  copy,
  type CopyRequest,
  migrationStatus,
  pause,
  publish,
  type PublishRequest,
  startRun,
  verify,
} from '../../workflows/messages.js'
import { failureOf, soon } from '../support/runs.js'
import { configOf, copyOf, publishedOf, type Script, scripted, shownOf } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

type Entity = Awaited<ReturnType<World['migration']>>

const HOME: Place = { connection: 'to', database: 'shop', published: 'shop' }
const { applyVersion } = scripted({})

/** Built aside; notes down what is written of it. */
function aside(more: Script = {}) {
  const trail: AuditEntry[] = []
  const remembered: RememberInput[] = []
  const script: Script = {
    applyVersion: async (input) => ({ ...(await applyVersion(input)), home: HOME }),
    writeAudit: async ({ entry }) => void trail.push(entry),
    rememberRun: async (input) => {
      remembered.push(input)
      return { since: null, news: 0 }
    },
    ...more,
  }
  return { script, trail, remembered }
}

const applied = async (world: World): Promise<Entity> => {
  const entity = await world.migration('shop')
  await entity.executeUpdate(apply, { args: [{ config: configOf('shop'), by: 'ada', expires: soon() }] })
  return entity
}

/** Runs to the end; its id. */
async function night(entity: Entity): Promise<string> {
  const { run } = await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
  await waitUntil('its end', async () => {
    const { running, runs } = await entity.query(migrationStatus)
    return running === null && runs[0]?.run === run
  })
  return run
}

const ask = async (entity: Entity, run: string, more: Partial<PublishRequest> = {}) =>
  await entity.executeUpdate(publish, { args: [{ run, execute: true, by: 'ada', expires: soon(), ...more }] })

const askCopy = async (entity: Entity, name: string, more: Partial<CopyRequest> = {}) =>
  await entity.executeUpdate(copy, {
    args: [{ name, drop: false, execute: false, by: 'ada', expires: soon(), ...more }],
  })

const pauseAll = async (entity: Entity): Promise<unknown> =>
  await entity.executeUpdate(pause, { args: [{ by: 'bob', expires: soon(), reason: 'a freeze', table: null }] })

/** A step that works until it is let go. */
function gate(): { readonly begun: Promise<void>; readonly pass: () => Promise<void>; readonly open: () => void } {
  const [begun, begin] = signal()
  const [opened, open] = signal()
  const pass = async (): Promise<void> => {
    const context = Context.current()
    const timer = setInterval(() => context.heartbeat(), 100)
    begin()
    await opened.finally(() => clearInterval(timer))
  }
  return { begun, pass, open }
}

function signal(): [Promise<void>, () => void] {
  let set = (): void => {}
  return [new Promise<void>((resolve) => void (set = resolve)), () => set()]
}

describe('a publish that a person asks for', { timeout: 120_000 }, () => {
  it('is done, audited, and both runs say what became of them; what went wrong behind it does not undo it', async () => {
    const asked: PublishInput[] = []
    const { script, trail, remembered } = aside({
      publishRun: async (input) => {
        asked.push(input)
        const previous = input.asked ? { run: first, database: `shop_${first}` } : null
        return { notGreen: null, published: publishedOf(input.ref.run, { previous, closedMs: 28 }) }
      },
      showGeneration: async () => shownOf({ isPublished: true, notGreen: '1 of 3 tables were set aside' }),
    })
    let first = ''
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      first = await night(entity)
      const second = await night(entity)
      asked.length = 0
      const shown = await ask(entity, second, { execute: false })
      expect([shown, asked]).toEqual([expect.objectContaining({ run: second, published: null, unkept: null }), []])
      remembered.length = 0
      const answer = await ask(entity, second)
      expect(asked).toEqual([{ ref: { migration: 'shop', run: second, version: 1, target: HOME }, asked: true }])
      expect(answer).toMatchObject({
        ...{ run: second, database: 'shop', isPublished: false, notGreen: '1 of 3 tables were set aside' },
        ...{ published: { previous: { run: first }, closedMs: 28 }, unkept: null },
      })
      const { runs } = await entity.query(migrationStatus)
      expect(runs.map(({ run, published }) => [run, published])).toEqual([
        [second, 'published'],
        [first, 'was published'],
      ])
      expect(remembered.map(({ summary, published, also, notes }) => [summary.run, published, also, notes])).toEqual([
        [second, 'published', expect.stringMatching(/^Published by ada, 20/), undefined],
        [first, 'was published', expect.stringContaining(`Run ${second} took its place: ada`), undefined],
      ])
      expect(remembered[0]?.memory).toEqual({ connection: 'to', database: 'nightferry' })
      await waitUntil('the trail', () => trail.some(({ what }) => what === 'publish'))
      expect(trail.find(({ what }) => what === 'publish')).toMatchObject({
        by: 'ada',
        about: { run: second, database: 'shop', notGreen: '1 of 3 tables were set aside', previous: `shop_${first}` },
      })
    })
  })

  it('stands also where the memory cannot be told, and says so', async () => {
    const away = aside()
    let isAway = false
    const rememberRun: Script['rememberRun'] = async (input) => {
      if (isAway) throw new Error('the memory is away')
      return await away.script.rememberRun!(input)
    }
    await withWorld({ ...away.script, rememberRun }, async (world) => {
      const entity = await applied(world)
      const run = await night(entity)
      isAway = true
      const answer = await ask(entity, run)
      expect([answer.published?.run, answer.unkept]).toEqual([run, expect.stringContaining('the memory is away')])
      expect((await entity.query(migrationStatus)).runs[0]?.published).toBe('published')
    })
  })

  it('is refused while anything is under way, and nothing begins while it is', async () => {
    const [copying, publishing] = [gate(), gate()]
    let isHeld = false
    const { script } = aside({
      copyBundle: async () => {
        if (isHeld) await copying.pass()
        return { rows: 1, bytes: 1, stopped: 0 }
      },
      publishRun: async ({ ref, asked }) => {
        if (asked) await publishing.pass()
        return { notGreen: null, published: publishedOf(ref.run) }
      },
    })
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      const run = await night(entity)
      isHeld = true
      const next = night(entity)
      await copying.begun
      const under = (await entity.query(migrationStatus)).running?.run
      for (const one of [run, under!])
        expect((await failureOf(ask(entity, one))).message).toBe(`Run ${under} is under way`)
      expect((await ask(entity, run, { execute: false })).published).toBeNull()
      copying.open()
      await next
      const answer = ask(entity, run)
      await publishing.begun
      const proof = { run: null, tables: null, withSource: false, witness: 0, by: 'ada', expires: soon() }
      const refusals = [
        entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] }),
        entity.executeUpdate(verify, { args: [proof] }),
        ask(entity, run),
        askCopy(entity, 'ci'),
      ].map(failureOf)
      for (const { message } of await Promise.all(refusals)) expect(message).toMatch(/publish is under way/)
      publishing.open()
      expect((await answer).published?.run).toBe(run)
    })
  })

  it('is refused while a person holds everything, but not a look; with the word that lifts it', async () => {
    const { script } = aside()
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      const run = await night(entity)
      await pauseAll(entity)
      const failure = await failureOf(ask(entity, run))
      expect(failure.details?.[0]).toMatchObject({ remedy: 'Lift it: `nightferry resume shop --hold h1`.' })
      expect((await ask(entity, run, { execute: false })).run).toBe(run)
      // Copies are made at any time.
      expect((await askCopy(entity, 'ci')).done).toBe('made')
    })
  })

  it.each<[string, Partial<PublishRequest>]>([
    ['no run', { run: null as unknown as string }],
    ['a run of another shape', { run: 7 as unknown as string }],
    ['no word whether', { execute: 'yes' as unknown as boolean }],
  ])('is not taken with %s', async (_, more) => {
    await withWorld(aside().script, async (world) => {
      const entity = await applied(world)
      const failure = await failureOf(ask(entity, '20261120-030000', more))
      expect(failure).toMatchObject({ type: 'Refused', message: expect.stringContaining('not as it should be') })
    })
  })
})

describe('a copy that a person asks for', { timeout: 120_000 }, () => {
  it('is made at once and dropped only with --execute; both are audited, a look is not', async () => {
    const asked: ChangeCopyInput[] = []
    const { changeCopy } = scripted({})
    const { script, trail } = aside({ changeCopy: async (input) => (asked.push(input), await changeCopy(input)) })
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      expect((await askCopy(entity, 'ci-1')).done).toBe('made')
      expect((await askCopy(entity, 'ci-1', { drop: true })).done).toBe('found')
      expect((await askCopy(entity, 'ci-1', { drop: true, execute: true })).done).toBe('dropped')
      expect(asked.map(({ what }) => what)).toEqual(['look', 'make', 'find', 'find', 'drop'])
      expect(asked[0]).toMatchObject({ migration: 'shop', target: HOME, version: 1, name: 'ci-1', working: [] })
      const copies = () =>
        trail.filter(({ what }) => what.startsWith('copy')).toSorted((a, b) => (a.at < b.at ? -1 : 1))
      await waitUntil('the trail', () => copies().length === 2)
      expect(copies().map(({ what, by, about }) => [what, by, about['name']])).toEqual([
        ['copy', 'ada', 'ci-1'],
        ['copy drop', 'ada', 'ci-1'],
      ])
    })
  })

  it('whose name is taken is shown, and takes that place only with --execute', async () => {
    const asked: string[] = []
    const changeCopy: Script['changeCopy'] = async ({ what }) => (asked.push(what), copyOf({ run: what }))
    const { script } = aside({ changeCopy })
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      expect(await askCopy(entity, 'ci-1')).toEqual({ ...copyOf({ run: 'look' }), done: 'there' })
      expect(asked).toEqual(['look'])
      expect(await askCopy(entity, 'ci-1', { execute: true })).toMatchObject({ run: 'make', done: 'made' })
      expect(asked).toEqual(['look', 'make'])
    })
  })

  it('is made while a run is under way, which the step is told, since it may be of the same database', async () => {
    const copying = gate()
    const asked: ChangeCopyInput[] = []
    const { changeCopy } = scripted({})
    const { script } = aside({
      copyBundle: async () => (await copying.pass(), { rows: 1, bytes: 1, stopped: 0 }),
      changeCopy: async (input) => (asked.push(input), await changeCopy(input)),
    })
    await withWorld(script, async (world) => {
      const entity = await applied(world)
      const { run } = await entity.executeUpdate(startRun, { args: [{ version: null, by: 'ada', expires: soon() }] })
      await copying.begun
      expect((await askCopy(entity, 'ci')).done).toBe('made')
      expect(asked[0]?.working).toEqual([{ run, what: `Run ${run}` }])
      copying.open()
    })
  })

  it('is refused before anything is applied, and of another shape', () =>
    withWorld(aside().script, async (world) => {
      const entity = await world.migration('shop')
      expect((await failureOf(askCopy(entity, 'ci'))).message).toContain('Nothing is applied yet')
      for (const more of [{ name: '' }, { drop: 1 as unknown as boolean }, { execute: null as unknown as boolean }])
        expect((await failureOf(askCopy(entity, 'ci', more))).message).toContain('not as it should be')
    }))
})
