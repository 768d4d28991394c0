import { describe, expect, it } from 'vitest'
import { generationName } from '../../core/generation.js'
import { API_ROUTES, type GenerationsDocument } from '../../core/api.js'
import { memoryOf } from '../../core/place.js'
import { route } from '../../worker/routes.js'
import { type AsideSite, withAside, withReader } from '../support/aside.js'
import { failureOf } from '../support/runs.js'
import { withSite } from '../support/site.js'

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const

const show = async ({ attempt, control, ref1 }: AsideSite, run: string) =>
  await attempt(() => control.showGeneration({ ref: ref1(run) }))

/** As a person asks for it. */
const publish = async ({ attempt, control, ref1 }: AsideSite, run: string) =>
  await attempt(() => control.publishRun({ ref: ref1(run), asked: true }))

const rowsOf = async ({ sql, name }: AsideSite) =>
  (await sql('select count(*)::int as n from customer', name))[0]?.['n']

describe('what a run built', { timeout: 120_000 }, () => {
  it('is shown with its label, why no night would publish it and what would go, and a look changes nothing', () =>
    withAside({}, async (site) => {
      await site.build(FIRST, false)
      const before = await site.databases()
      expect(await show(site, FIRST)).toEqual({
        ...{ database: site.name, label: 'best-effort', state: 'complete', isPublished: false, now: null },
        ...{ notGreen: 'its rows are best-effort, not of one moment', asCopy: false, drops: [] },
      })
      expect(await site.databases()).toEqual(before)
      await publish(site, FIRST)
      expect(await show(site, FIRST)).toMatchObject({ isPublished: true, now: FIRST })
    }))

  it('is published when a person asks, green or not; and each session that was ended for it is named', () =>
    withAside({}, async (site) => {
      await site.build(FIRST, false)
      const unasked = await site.attempt(() => site.control.publishRun({ ref: site.ref1(FIRST) }))
      expect(unasked).toEqual({ notGreen: 'its rows are best-effort, not of one moment', published: null })
      await withReader(site.name, async () => {
        const { notGreen, published } = await publish(site, FIRST)
        expect(notGreen).toContain('best-effort')
        expect(published).toMatchObject({ run: FIRST, dropped: [], previous: { run: null } })
        expect(published?.ended.map(({ application }) => application)).toContain('ci')
        expect(published?.closedMs).toBeGreaterThan(0)
      })
      expect(await rowsOf(site)).toBe(2)
      expect((await publish(site, FIRST)).published).toMatchObject({ ended: [], closedMs: 0 })
    }))

  it('is what is gone back to as long as it is kept; what goes is told before and after', () =>
    withAside({}, async (site) => {
      await site.build(FIRST)
      await publish(site, FIRST)
      await site.mysql(`insert into customer values (3, 'eve')`)
      await site.build(SECOND)
      await publish(site, SECOND)
      expect([await rowsOf(site), (await show(site, SECOND)).now]).toEqual([3, SECOND])
      const back = (await publish(site, FIRST)).published
      expect(back?.previous).toEqual({ run: SECOND, database: generationName(site.name, SECOND) })
      expect(await rowsOf(site)).toBe(2)
      await publish(site, SECOND)
      await site.build(THIRD)
      const { drops } = await show(site, THIRD)
      const published = (await publish(site, THIRD)).published
      expect([drops, published?.dropped]).toEqual([[FIRST], [FIRST]])
      const gone = await failureOf(show(site, FIRST))
      expect(gone).toMatchObject({ type: 'refused', message: expect.stringContaining(`no database of run ${FIRST}`) })
      expect((await failureOf(publish(site, FIRST))).type).toBe('refused')
      expect(await rowsOf(site)).toBe(3)
    }))

  it('is listed with its size and when it was published last', () =>
    withAside({}, async (site) => {
      await site.build(FIRST)
      await publish(site, FIRST)
      await site.build(SECOND)
      const path = API_ROUTES.generations('to', site.name, 'shop')
      const found = (await route(path, { ports: site.ports, kept: () => null })) as GenerationsDocument
      expect(found).toMatchObject({ format: 1, migration: 'shop', database: site.name, copies: [] })
      expect(found.generations).toEqual([
        {
          ...{ run: SECOND, database: generationName(site.name, SECOND), published: false, since: null },
          bytes: expect.any(Number),
        },
        {
          ...{ run: FIRST, database: site.name, published: true, since: expect.stringMatching(/^20.*Z$/) },
          bytes: expect.any(Number),
        },
      ])
    }))

  it('is nothing that could be published where runs are built in place', () =>
    withSite('create table t (id int primary key)', async (site) => {
      const { attempt, control, ref } = site
      const asked = [
        failureOf(attempt(() => control.showGeneration({ ref }))),
        failureOf(attempt(() => control.publishRun({ ref, asked: true }))),
      ]
      for (const failure of await Promise.all(asked))
        expect(failure).toMatchObject({
          type: 'refused',
          message: expect.stringContaining('built in place'),
          details: [expect.objectContaining({ remedy: expect.stringContaining('mode: rebuild') })],
        })
    }))
})

describe('the memory of a run that was published by hand', { timeout: 120_000 }, () => {
  it('says so beside what was kept, in one line more, however often it is told', () =>
    withAside({}, async (site) => {
      const { attempt, control, home, ports } = site
      const summary = await site.build(FIRST, false)
      const place = memoryOf(home)
      const ledger = { ...home, database: generationName(site.name, FIRST) }
      const kept = { migration: 'shop', memory: place, summary, published: 'not published' } as const
      await attempt(() => control.rememberRun({ ...kept, ledger, notes: ['Not published: best-effort.'] }))
      const also = 'Published by ada, 2026-11-20T09:00:00.000Z'
      const told = { ...kept, ledger: null, published: 'published', also } as const
      for (let times = 0; times < 2; times++) await attempt(() => control.rememberRun(told))
      const memory = await ports.memory(place.connection, place.database, 'shop')
      expect(await memory.run(FIRST)).toMatchObject({
        published: 'published',
        notes: ['Not published: best-effort.', also],
        summary: { published: 'published', state: 'complete' },
        report: { summary: { run: FIRST } },
      })
    }))
})
