import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { Around, RunRef } from '../../activities/messages.js'
import type { PublishInput } from '../../activities/publish-run.js'
import type { RememberInput } from '../../activities/remember-run.js'
import type { RunHookInput } from '../../activities/run-hook.js'
import type { Hook } from '../../core/config/types.js'
import { runWorkflowId, TASK_QUEUES, WORKFLOWS } from '../../core/names.js'
import { abort, migrationStatus, pause, resume } from '../../workflows/messages.js'
import type { run, RunInput } from '../../workflows/run.js'
import { applyAndRun, failureOf, soon } from '../support/runs.js'
import { publishedOf, scripted, summaryOf, type Script } from '../support/scripted.js'
import { waitUntil } from '../support/wait.js'
import { withWorld, type World } from '../support/world.js'

const RUN = '20261120-030000'
const HOOK: Hook = { http: 'chat' }
const HOOKS: Around = {
  hooks: { before_run: HOOK, after_publish: HOOK, on_news: HOOK, on_failure: HOOK },
  copies: true,
  schema: 'public',
}
const HOME = { connection: 'to', database: 'shop', published: 'shop' }
const ASIDE = { ...HOME, database: 'shop_20261120_030000' }
const REF: RunRef = { migration: 'shop', run: RUN, version: 1, target: ASIDE }
const MEMORY = { connection: 'to', database: 'nightferry' }

interface Call {
  readonly step: string
  readonly input: unknown
}

/** Every step that is done, in order; hooks by their moment. */
function recorded(more: Script = {}) {
  const calls: Call[] = []
  const works = Object.entries(scripted(more)) as [string, (input: object) => Promise<unknown>][]
  const script = Object.fromEntries(
    works.map(([step, work]) => [
      step,
      async (input: object) => {
        calls.push({ step: step === 'runHook' ? (input as RunHookInput).moment : step, input })
        return await work(input)
      },
    ]),
  ) as Script
  const inputs = <T>(wanted: string): T[] => calls.filter(({ step }) => step === wanted).map(({ input }) => input as T)
  return { script, inputs, names: () => calls.map(({ step }) => step) }
}

type Recorded = ReturnType<typeof recorded>

const kept = (steps: Recorded): RememberInput[] => steps.inputs('rememberRun')
const notesOf = (steps: Recorded): readonly string[] => kept(steps).at(-1)?.notes ?? []
const hooksOf = (steps: Recorded): string[] => steps.names().filter((name) => name in HOOKS.hooks)

/** A run with no entity above it, built aside unless said otherwise. */
const start = async ({ client }: World, more: Partial<RunInput> = {}) =>
  await client.workflow.start<typeof run>(WORKFLOWS.run, {
    workflowId: runWorkflowId('shop', RUN),
    taskQueue: TASK_QUEUES.control,
    args: [{ ref: REF, started: '2026-11-20T03:00:00.000Z', searchAttributes: false, around: HOOKS, ...more }],
  })

const fail = (type: string, message: string): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nonRetryable: true, details: [{ remedy: 'Mend it.' }] })

const snapshotted = { closeRun: async ({ ref, reason }) => closed(ref.run, reason) } satisfies Script
const closed = (id: string, reason: string | null) => ({
  ...summaryOf(id, reason === null ? 'complete' : 'incomplete', reason),
  label: 'snapshot' as const,
})

describe('a run that is built aside', { timeout: 120_000 }, () => {
  it('is built, asks its hook, goes through, and is remembered, published, copied and told of, in this order', async () => {
    const steps = recorded({ ...snapshotted, rememberRun: async () => ({ since: '20261119-030000', news: 3 }) })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    const first = ['closeRun', 'rememberRun', 'publishRun', 'rememberRun']
    const end = [...first, 'makeCopies', 'after_publish', 'on_news', 'assessTarget']
    expect(steps.names().slice(-end.length)).toEqual(end)
    // Read while its ledger is open to us, and only marked as published afterwards.
    expect(kept(steps)).toMatchObject([
      { migration: 'shop', memory: MEMORY, ledger: ASIDE, published: 'not published', notes: [] },
      { migration: 'shop', memory: MEMORY, ledger: null, published: 'published', notes: [] },
    ])
    const [told] = steps.inputs<RunHookInput>('after_publish')
    expect(told).toMatchObject({ ref: REF, published: 'shop', told: { verdict: 'complete', reason: null } })
    expect(steps.inputs<PublishInput>('publishRun')).toEqual([{ ref: REF }])
  })

  it('has no hooks to call where the config has none, and no news to tell where there are none', async () => {
    const [bare, quiet] = [recorded(snapshotted), recorded(snapshotted)]
    await withWorld(bare.script, async (world) => {
      await (await start(world, { around: { hooks: {}, copies: false, schema: 'public' } })).result()
    })
    await withWorld(quiet.script, async (world) => void (await (await start(world)).result()))
    expect(hooksOf(bare)).toEqual([])
    expect(hooksOf(quiet)).toEqual(['before_run', 'after_publish'])
  })

  it('says in its report what was noted before the first row, and whose sessions its publish ended', async () => {
    const ours = { user: 'shop', application: 'nightferry control', client: '' }
    const ended = [{ user: 'ci', application: 'psql', client: '10.0.0.7' }, ours]
    const steps = recorded({
      ...snapshotted,
      buildAside: async () => ({ database: ASIDE.database, notes: ['The free space is not known.'] }),
      publishRun: async ({ ref }) => ({ notGreen: null, published: publishedOf(ref.run, { ended, closedMs: 28 }) }),
    })
    await withWorld(steps.script, async (world) => void (await (await start(world)).result()))
    expect(kept(steps)[0]?.notes).toEqual(['The free space is not known.'])
    expect(notesOf(steps)).toEqual([
      'The free space is not known.',
      'Published within 28 ms, which ended 1 session: ci psql 10.0.0.7.',
    ])
  })

  it('whose before_run is red ends before anything is looked at, with its reason, and on_failure is called', async () => {
    const steps = recorded({
      runHook: async ({ moment }) => {
        if (moment === 'before_run') throw fail('hook-failed', 'before_run (http chat) answered 500')
        return null
      },
      closeRun: async () => Promise.reject(fail('target-missing', 'There is no such run')),
    })
    const reason = 'before_run (http chat) answered 500. Mend it.'
    await withWorld(steps.script, async (world) => {
      const failure = await failureOf((await start(world)).result())
      expect([failure.type, failure.message]).toEqual(['hook-failed', 'before_run (http chat) answered 500'])
    })
    expect(steps.names()).toEqual(['buildAside', 'before_run', 'closeRun', 'rememberRun', 'on_failure'])
    expect(kept(steps)).toMatchObject([
      { ledger: null, published: 'not published', summary: { state: 'incomplete', reason } },
    ])
    expect(steps.inputs<RunHookInput>('on_failure')).toMatchObject([{ told: { verdict: 'incomplete', reason } }])
  })

  it('whose database cannot be made ends there, and its hook of before is not called', async () => {
    const steps = recorded({
      buildAside: async () => Promise.reject(fail('refused', 'A run needs 9 GB, and 2 GB are free')),
      closeRun: async () => Promise.reject(fail('target-missing', 'There is no such run')),
    })
    await withWorld(steps.script, async (world) => {
      expect((await failureOf((await start(world)).result())).message).toContain('2 GB are free')
    })
    expect(steps.names()).toEqual(['buildAside', 'closeRun', 'rememberRun', 'on_failure'])
  })

  it('that is not green stays complete and is not published: on_failure is told why, and no copy is made', async () => {
    const steps = recorded({
      publishRun: async () => ({ notGreen: 'its rows are best-effort, not of one moment', published: null }),
    })
    const note = 'Not published: its rows are best-effort, not of one moment.'
    await withWorld(steps.script, async (world) => {
      const summary = await (await start(world)).result()
      expect(summary).toMatchObject({ state: 'complete', published: 'not published', reason: null })
    })
    expect(steps.names()).not.toContain('makeCopies')
    expect(hooksOf(steps)).toEqual(['before_run', 'on_failure'])
    expect(steps.inputs<RunHookInput>('on_failure')).toMatchObject([{ told: { verdict: 'complete', reason: note } }])
    expect(steps.inputs<RunHookInput>('on_failure')[0]).not.toHaveProperty('published')
    expect(notesOf(steps)).toEqual([note])
  })

  it('that ends incomplete is not even asked whether it is green', async () => {
    const steps = recorded({ closeRun: async ({ ref }) => summaryOf(ref.run, 'incomplete', '1 table stopped: a') })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'incomplete', published: 'not published' })
    })
    expect(steps.names().slice(-4)).toEqual(['closeRun', 'rememberRun', 'on_failure', 'assessTarget'])
    expect(steps.names()).not.toContain('publishRun')
  })

  it('whose publish or copies fail stays complete, and says which of them', async () => {
    const red = recorded({ publishRun: async () => Promise.reject(fail('target-privilege', 'ada holds shop fast')) })
    await withWorld(red.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'not published' })
    })
    expect(notesOf(red)).toEqual(['Not published: ada holds shop fast. Mend it.'])
    expect(hooksOf(red)).toEqual(['before_run', 'on_failure'])
    const copies = recorded({ makeCopies: async () => Promise.reject(fail('target-full', 'The disk is full')) })
    await withWorld(copies.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    expect(notesOf(copies)).toEqual(['Copies: The disk is full. Mend it.'])
    expect(hooksOf(copies)).toEqual(['before_run', 'after_publish'])
  })

  it('is published once the target is back, which went away in the middle of it', { timeout: 120_000 }, async () => {
    let tries = 0
    const steps = recorded({
      publishRun: async ({ ref }) => {
        if (++tries === 1) throw fail('target-unreachable', 'The target does not answer')
        return { notGreen: null, published: publishedOf(ref.run) }
      },
    })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    expect([tries, notesOf(steps)]).toEqual([2, []])
  })

  it('whose hook fails, or cannot be run, is complete and published all the same, and names it', async () => {
    const steps = recorded({
      rememberRun: async () => ({ since: null, news: 1 }),
      runHook: async ({ moment }) => {
        if (moment === 'before_run') return null
        if (moment === 'on_news') throw fail('internal', 'This worker runs no hooks')
        const name = 'after_publish (http chat)'
        return { ok: false, name, what: 'answered 500', remedy: 'Look at it.', seconds: 1 }
      },
    })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    expect(kept(steps).at(-1)).toMatchObject({
      published: 'published',
      notes: [
        'Hook after_publish (http chat) answered 500. Look at it.',
        'Hook on_news: This worker runs no hooks. Mend it.',
      ],
    })
  })

  it('whose target cannot be asked how fit it is stays complete, and says so; one that no ledger closed does not ask', async () => {
    const steps = recorded({
      ...snapshotted,
      assessTarget: async () => Promise.reject(fail('internal', 'Nobody could be asked')),
    })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    expect(notesOf(steps)).toEqual(["The target's fitness: Nobody could be asked. Mend it."])
    expect(steps.names().slice(-3)).toEqual(['after_publish', 'assessTarget', 'rememberRun'])
    expect(steps.inputs('assessTarget')).toEqual([{ run: REF }])
    const unread = recorded({ closeRun: async () => Promise.reject(fail('target-missing', 'There is no such run')) })
    await withWorld(unread.script, async (world) => void (await failureOf((await start(world)).result())))
    expect(unread.names()).not.toContain('assessTarget')
  })

  it('that cannot be remembered is published all the same', async () => {
    const steps = recorded({ rememberRun: async () => Promise.reject(fail('target-privilege', 'No database for it')) })
    await withWorld(steps.script, async (world) => {
      expect(await (await start(world)).result()).toMatchObject({ state: 'complete', published: 'published' })
    })
    expect(notesOf(steps)).toEqual(['It is not in the memory: No database for it. Mend it.'])
    expect(hooksOf(steps)).toEqual(['before_run', 'after_publish'])
  })

  it('that is taken up again is not published by itself, calls no hook, and says how a person does', async () => {
    const steps = recorded()
    await withWorld(steps.script, async (world) => {
      const summary = await (await start(world, { retry: { tables: [0] } })).result()
      expect(summary).toMatchObject({ state: 'complete', published: 'not published' })
    })
    for (const step of ['buildAside', 'publishRun', 'makeCopies']) expect(steps.names()).not.toContain(step)
    expect(hooksOf(steps)).toEqual([])
    expect(notesOf(steps)).toEqual([expect.stringContaining(`nightferry publish shop --run ${RUN} --execute`)])
  })

  it('that is taken up again and was published says so too, and how it would be again', async () => {
    const steps = recorded()
    await withWorld(steps.script, async (world) => {
      const retry = { tables: [0], published: 'was published' } as const
      expect(await (await start(world, { retry })).result()).toMatchObject({ published: 'was published' })
    })
    expect(steps.names()).not.toContain('publishRun')
    expect(notesOf(steps)).toEqual([expect.stringContaining(`nightferry publish shop --run ${RUN} --execute`)])
  })

  it('of before there were nights does none of all that', async () => {
    const steps = recorded()
    await withWorld(steps.script, async (world) => {
      const { client } = world
      const old = { ref: { ...REF, target: { connection: 'to', database: null } }, searchAttributes: false }
      const handle = await client.workflow.start<typeof run>(WORKFLOWS.run, {
        workflowId: runWorkflowId('shop', RUN),
        taskQueue: TASK_QUEUES.control,
        args: [{ ...old, started: '2026-11-20T03:00:00.000Z' }],
      })
      expect(await handle.result()).toEqual(summaryOf(RUN, 'complete', null))
    })
    for (const step of ['buildAside', 'rememberRun', 'publishRun', 'makeCopies'])
      expect(steps.names()).not.toContain(step)
    expect([steps.names()[0], steps.names().at(-1), hooksOf(steps)]).toEqual(['prepareRun', 'closeRun', []])
  })
})

describe('a run in place', { timeout: 120_000 }, () => {
  it('calls its hooks and is remembered there, and publishes nothing', async () => {
    const steps = recorded()
    const target = { connection: 'to', database: 'shop' }
    await withWorld(steps.script, async (world) => {
      const summary = await (await start(world, { ref: { ...REF, target } })).result()
      expect(summary).toMatchObject({ state: 'complete', published: 'in place' })
    })
    for (const step of ['buildAside', 'publishRun', 'makeCopies']) expect(steps.names()).not.toContain(step)
    expect(hooksOf(steps)).toEqual(['before_run', 'after_publish'])
    expect(kept(steps)).toMatchObject([{ memory: target, ledger: target, published: 'in place' }])
  })
})

describe('the end of a run that does not go through', { timeout: 120_000 }, () => {
  /** Copies until it is cancelled. */
  const endless: Script['copyBundle'] = async () => {
    const context = Context.current()
    for (;;) {
      context.heartbeat()
      await context.sleep(50)
    }
  }

  it('at its deadline closes it, remembers it and calls on_failure; nobody is asked behind it how fit the target is', async () => {
    const steps = recorded({ copyBundle: endless })
    await withWorld(steps.script, async (world) => {
      const deadline = new Date(Date.now() + 2500).toISOString()
      expect(await (await start(world, { deadline })).result()).toMatchObject({
        ...{ state: 'incomplete', published: 'not published' },
        reason: expect.stringContaining('Its deadline came'),
      })
    })
    expect(steps.names().slice(-3)).toEqual(['closeRun', 'rememberRun', 'on_failure'])
    expect(kept(steps)).toMatchObject([{ ledger: ASIDE, summary: { state: 'incomplete' } }])
  })

  it('that was complete before its deadline came is published: its ledger says so', async () => {
    let closes = 0
    const steps = recorded({
      closeRun: async ({ ref }) => {
        const context = Context.current()
        // The ledger has it, and the answer is late.
        if (++closes === 1)
          for (;;) {
            context.heartbeat()
            await context.sleep(50)
          }
        return summaryOf(ref.run, 'complete', null)
      },
    })
    await withWorld(steps.script, async (world) => {
      const deadline = new Date(Date.now() + 2500).toISOString()
      expect(await (await start(world, { deadline })).result()).toMatchObject({
        state: 'complete',
        published: 'published',
      })
    })
    expect(steps.names().filter((name) => name === 'publishRun')).toHaveLength(1)
  })

  it('whose target is away is told to the entity, which closes it, and what cannot be written is only noted', async () => {
    const away = async (): Promise<never> => Promise.reject(fail('target-login', 'The target does not let us in'))
    const steps = recorded({
      ...{ applyVersion, prepareRun: async () => Promise.reject(fail('source-missing', 'The source is gone')) },
      ...{ closeRun: away, rememberRun: away },
    })
    await withWorld(steps.script, async (world) => {
      const entity = await world.migration('shop')
      const { run: id } = await applyAndRun(entity, 'shop')
      await failureOf(world.client.workflow.getHandle(runWorkflowId('shop', id)).result())
      const idle = async () => {
        const status = await entity.query(migrationStatus)
        return status.running === null && status
      }
      const { runs } = await waitUntil('its end', idle, 20_000)
      expect(runs).toMatchObject([{ run: id, state: 'incomplete', reason: 'The source is gone. Mend it.' }])
    })
    expect(steps.names()).toContain('abandonRun')
    expect(steps.names()).not.toContain('publishRun')
    expect(hooksOf(steps)).toEqual(['before_run', 'on_failure'])
  })
})

const applyVersion: NonNullable<Script['applyVersion']> = async ({ by, at, lastNumber }) => ({
  version: { number: lastNumber + 1, planHash: 'plan', configHash: 'config', by, at, tables: 1 },
  ...{ changed: true, findings: { blocking: 0, warning: 0, info: 0 }, ref: 'kept', home: HOME, around: HOOKS },
})

describe('a publish that is held by a pause', { timeout: 120_000 }, () => {
  const asked = () => ({ by: 'ada', expires: soon(), reason: 'a freeze', table: null })
  /** Waits at its first attempt until it is cancelled; then does it. */
  function held() {
    const state = { open: 0, tries: 0 }
    const publishRun: NonNullable<Script['publishRun']> = async ({ ref }) => {
      const context = Context.current()
      state.tries++
      state.open++
      try {
        while (state.tries === 1) {
          context.heartbeat()
          await context.sleep(50)
        }
      } finally {
        state.open--
      }
      return { notGreen: null, published: publishedOf(ref.run) }
    }
    return { state, publishRun }
  }

  async function paused(world: World, state: { open: number }) {
    const entity = await world.migration('shop')
    const { run: id } = await applyAndRun(entity, 'shop')
    await waitUntil('it is published', () => state.open > 0, 20_000)
    expect((await entity.query(migrationStatus)).running).toMatchObject({ run: id })
    await entity.executeUpdate(pause, { args: [asked()] })
    await waitUntil('the publish to stop', () => state.open === 0, 20_000)
    const ended = async () => {
      const status = await entity.query(migrationStatus)
      return status.running === null && status.runs
    }
    return { entity, id, ended }
  }

  it('goes on when that is lifted, and the entity knows what is published', async () => {
    const { state, publishRun } = held()
    const steps = recorded({ applyVersion, publishRun })
    await withWorld(steps.script, async (world) => {
      const { entity, id, ended } = await paused(world, state)
      await entity.executeUpdate(resume, { args: [{ ...asked(), hold: null }] })
      const runs = await waitUntil('its end', ended, 20_000)
      expect(runs).toMatchObject([{ run: id, state: 'complete', published: 'published' }])
    })
    expect(state.tries).toBe(2)
    expect(steps.inputs<PublishInput>('publishRun')[0]?.ref.target.published).toBe('shop')
  })

  it('ends unpublished, and complete, where a person ends the run', async () => {
    const { state, publishRun } = held()
    const steps = recorded({ applyVersion, publishRun })
    await withWorld(steps.script, async (world) => {
      const { entity, id, ended } = await paused(world, state)
      await entity.executeUpdate(abort, { args: [{ by: 'ada', expires: soon(), reason: 'not tonight' }] })
      const runs = await waitUntil('its end', ended, 20_000)
      expect(runs).toMatchObject([{ run: id, state: 'complete', published: 'not published' }])
    })
    expect(state.tries).toBe(1)
    expect(notesOf(steps)).toEqual([expect.stringMatching(/^Not published: ada ended it: not tonight\. Publish it/)])
  })
})
