import { describe, expect, it } from 'vitest'
import { runHook, type RunHookInput } from '../../activities/run-hook.js'
import type { HooksConfig } from '../../core/config/types.js'
import type { HookCall } from '../../core/hooks.js'
import type { News } from '../../core/news.js'
import type { HookRunner } from '../../core/ports.js'
import { rememberUnread } from '../../core/remembering.js'
import { failureOf } from '../support/runs.js'
import { summaryOf } from '../support/scripted.js'
import { uniqueName } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const SHOP = 'create table customer (id int primary key); insert into customer values (1), (2)'
const HOOKS: HooksConfig = {
  before_run: { sql: 'sql/before.sql' },
  after_publish: { http: 'ci-webhook' },
  on_news: { http: 'chat' },
}
const NEWS: News = { kind: 'table-new', subject: 'orders', what: 'is new', remedy: 'Nothing.' }

/** The step over a runner that writes down what it is asked for, and answers `ok`. */
function stepOf({ tools }: SiteUnderTest, ok = true, recall?: Parameters<typeof runHook>[1]) {
  const calls: HookCall[] = []
  const hooks: HookRunner = {
    run: async (call) => {
      calls.push(call)
      return { ok, name: 'the hook', what: 'ended', remedy: ok ? null : 'Mend it.', seconds: 0 }
    },
    freeSpace: async () => null,
    readFile: async () => '',
    restoreTest: async () => Promise.reject(new Error('no restore is tested here')),
  }
  return { calls, step: runHook({ ...tools, hooks }, recall) }
}

const recalled = async () => ({ summary: summaryOf('20261120-030000', 'complete', null), news: [NEWS] })

describe('a hook of a run', () => {
  it('is the one that its version has for the moment; a moment without one is nothing', () =>
    withSite(SHOP, async (site) => {
      await site.prepare({ hooks: HOOKS })
      const { calls, step } = stepOf(site, true, recalled)
      const at = (moment: RunHookInput['moment'], more: Partial<RunHookInput> = {}) =>
        site.attempt(() => step({ ref: site.ref, moment, ...more }))
      expect(await at('before_run')).toMatchObject({ ok: true })
      expect(await at('after_publish', { published: 'shop' })).toMatchObject({ ok: true })
      expect(await at('on_failure')).toBeNull()
      expect(calls.map(({ hook, target, payload }) => [hook, target.database, payload.verdict, payload.news])).toEqual([
        [HOOKS.before_run, null, 'running', []],
        [HOOKS.after_publish, 'shop', 'complete', [NEWS]],
      ])
    }))

  it('knows its run from the ledger, unless the workflow knows better', () =>
    withSite(SHOP, async (site) => {
      await site.prepare({ hooks: { on_failure: { command: ['page'] } } })
      await site.attempt(() => site.data.closeRun({ ref: site.ref, reason: 'the source was away' }))
      const { calls, step } = stepOf(site)
      await site.attempt(() => step({ ref: site.ref, moment: 'on_failure' }))
      await site.attempt(() => step({ ref: site.ref, moment: 'on_failure', told: { reason: 'the target is full' } }))
      expect(calls.map(({ payload }) => [payload.verdict, payload.reason, payload.counts?.tables])).toEqual([
        ['incomplete', 'the source was away', 1],
        ['incomplete', 'the target is full', 1],
      ])
    }))

  it('knows its news from the memory', () =>
    withSite(SHOP, async (site) => {
      await site.prepare({ hooks: HOOKS })
      const summary = await site.attempt(() => site.data.closeRun({ ref: site.ref, reason: 'the source was away' }))
      // Whatever else lies in the memory of this server, nobody else has this migration.
      const ref = { ...site.ref, migration: uniqueName('shop') }
      const memory = await site.ports.memory('to', null, ref.migration)
      await memory.open()
      const kept = { ...rememberUnread(ref.migration, summary, []), news: [NEWS] }
      await memory.saveRun(kept)
      const { calls, step } = stepOf(site)
      const applied = { hooks: HOOKS, schema: 'public' }
      expect(await site.attempt(() => step({ ref, moment: 'on_news', applied }))).toMatchObject({ ok: true })
      expect(calls[0]?.payload).toMatchObject({ news: [NEWS], reason: 'the source was away' })
    }))

  it('for news is not called where there are none', () =>
    withSite(SHOP, async (site) => {
      await site.prepare({ hooks: HOOKS })
      const none = stepOf(site)
      expect(await site.attempt(() => none.step({ ref: site.ref, moment: 'on_news' }))).toBeNull()
      const some = stepOf(site, true, recalled)
      expect(await site.attempt(() => some.step({ ref: site.ref, moment: 'on_news' }))).toMatchObject({ ok: true })
      expect([none.calls.length, some.calls.length]).toEqual([0, 1])
    }))

  it('that fails ends the night where it stands before it, and is a result elsewhere', () =>
    withSite(SHOP, async (site) => {
      await site.prepare({ hooks: HOOKS })
      const { step } = stepOf(site, false, recalled)
      const before = site.attempt(() => step({ ref: site.ref, moment: 'before_run' }))
      expect(await failureOf(before)).toMatchObject({
        type: 'hook-failed',
        message: 'the hook ended',
        nonRetryable: true,
        details: [{ remedy: 'Mend it.' }],
      })
      const after = await site.attempt(() => step({ ref: site.ref, moment: 'after_publish', published: 'shop' }))
      expect(after).toMatchObject({ ok: false, remedy: 'Mend it.' })
    }))

  it('is called when the target is away, by what the workflow carries', () =>
    withSite(SHOP, async (site) => {
      const { calls, step } = stepOf(site)
      const ref = { ...site.ref, target: { connection: 'nowhere', database: 'shop' } }
      const applied = { hooks: { on_failure: { command: ['page'] } }, schema: 'public' }
      const input: RunHookInput = { ref, moment: 'on_failure', applied, told: { reason: 'the target is away' } }
      expect(await site.attempt(() => step(input))).toMatchObject({ ok: true })
      expect(calls[0]?.payload).toMatchObject({ verdict: 'incomplete', reason: 'the target is away', counts: null })
    }))
})
