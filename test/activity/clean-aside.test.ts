import { describe, expect, it } from 'vitest'
import { API_ROUTES, type InventoryDocument } from '../../core/api.js'
import { generationName } from '../../core/generation.js'
import { MEMORY_DATABASE, type MemoryPort } from '../../core/memory.js'
import { memoryOf, type Place } from '../../core/place.js'
import type { RunId } from '../../core/run.js'
import { route } from '../../worker/routes.js'
import { type AsideSite, withAside, withReader } from '../support/aside.js'
import { failureOf } from '../support/runs.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const [FIRST, SECOND, THIRD] = ['20261118-030000', '20261119-030000', '20261120-030000'] as const

async function published(site: AsideSite, run: RunId): Promise<void> {
  const { attempt, control, home, ref1 } = site
  const summary = await site.build(run)
  const target = { ...home, database: generationName(site.name, run) }
  const kept = { migration: 'shop', memory: memoryOf(home), summary, ledger: target, notes: [] }
  await attempt(() => control.rememberRun({ ...kept, published: 'published' }))
  await attempt(() => control.publishRun({ ref: ref1(run), asked: true }))
}

const inventory = async ({ ports }: SiteUnderTest, at: Place): Promise<InventoryDocument> =>
  (await route(API_ROUTES.inventory(at, 'shop'), { ports, kept: () => null })) as InventoryDocument

const clean = async ({ attempt, control }: SiteUnderTest, target: Place) =>
  await attempt(() => control.cleanTarget({ migration: 'shop', target }))

const memoryOfShop = async ({ ports }: SiteUnderTest, migration = 'shop'): Promise<MemoryPort> =>
  await ports.memory('to', MEMORY_DATABASE, migration)

const schemas = async ({ sql }: AsideSite, database: string) =>
  (await sql(`select nspname from pg_namespace where nspname in ('public', 'nightferry') order by 1`, database)).map(
    ({ nspname }) => nspname,
  )

describe('a migration that is built aside', () => {
  it('is removed down to what people use: what is published, what was, and copies stay, and so do their readers', () =>
    withAside({ copies: { ci: { keep: 1 } } }, async (site) => {
      const { attempt, control, home, name, ref1 } = site
      await published(site, FIRST)
      await published(site, SECOND)
      await attempt(() => control.makeCopies({ ref: ref1(SECOND) }))
      await site.build(THIRD)
      const crm = await memoryOfShop(site, 'crm')
      await crm.audit({ what: 'pause', at: '2026-11-20T03:00:00.000Z', by: 'bob', why: 'x', about: {} })

      const found = await inventory(site, home)
      expect(found).toMatchObject({
        database: name,
        ledger: { migration: 'shop', versions: 1, runs: 1, strangers: [], kept: { tables: ['public.customer'] } },
        memory: { versions: 1, runs: 2, entries: 0, others: ['crm'] },
      })
      const of = (all: readonly { readonly run: RunId }[] = []): RunId[] => all.map(({ run }) => run)
      expect(of(found.aside?.generations)).toEqual([THIRD, SECOND, FIRST])
      expect(found.aside?.copies.map((copy) => copy.name).toSorted()).toEqual(['ci', null])

      await withReader(name, async (reader) => {
        await clean(site, home)
        expect((await reader.query('select count(*)::int as n from customer')).rows).toEqual([{ n: 2 }])
      })
      // Among them what was there before the first publish, which nobody here made.
      const left = [name, `${name}_before_${FIRST.replace('-', '_')}`, `${name}_ci`].concat(
        [FIRST, SECOND].map((run) => generationName(name, run)),
      )
      expect(await site.databases()).toEqual(left.toSorted())
      expect(await schemas(site, name)).toEqual(['public'])
      expect(await schemas(site, `${name}_ci`)).toEqual(['nightferry', 'public'])
      expect(await (await memoryOfShop(site)).inventory()).toEqual({
        versions: 0,
        runs: 0,
        entries: 0,
        others: ['crm'],
      })
      expect(await crm.auditTrail(5)).toHaveLength(1)

      await clean(site, home)
      expect(await site.databases()).toEqual(left.toSorted())
      expect((await inventory(site, home)).ledger).toBeNull()
    }))

  it('that never published anything leaves the database alone which people have under its name', () =>
    withAside({}, async (site) => {
      const { home, name } = site
      await site.build(FIRST)
      await site.sql('create schema nightferry; create table nightferry.boats (id int)', name)
      const found = await inventory(site, home)
      expect([found.ledger, found.aside?.generations]).toMatchObject([null, [{ run: FIRST, since: null }]])
      await clean(site, home)
      expect(await site.databases()).toEqual([name])
      expect(await site.sql('select count(*)::int as n from nightferry.boats', name)).toEqual([{ n: 0 }])
      // A migration of the same name begins again.
      expect(await (await memoryOfShop(site)).latestVersion()).toBeNull()
      expect((await failureOf(clean(site, { ...home, connection: 'elsewhere' }))).type).toBe('connection-unknown')
    }))
})

describe('a migration that is built in place', () => {
  it('is removed with the memory beside its ledger, and with what it had in the other one', () =>
    withSite('create table item (id int primary key)', async (site) => {
      const { ref, prepare, postgres, ports } = site
      await prepare()
      const beside = await ports.memory('to', null, 'shop')
      await beside.open()
      await beside.saveVersion({ ...(await beside.version(1)), number: 2 })
      const found = await inventory(site, ref.target)
      expect(found).toMatchObject({ ledger: { migration: 'shop', strangers: [] }, aside: null })
      await clean(site, ref.target)
      const rows = await postgres(`select nspname from pg_namespace where nspname = 'nightferry'`)
      expect(rows).toEqual([])
      expect(await beside.latestVersion()).toBeNull()
      await clean(site, ref.target)
    }))
})
