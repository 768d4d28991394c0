import { describe, expect, it } from 'vitest'
import type { PlannedNight } from '../../activities/plan-night.js'
import { MEMORY_DATABASE } from '../../core/memory.js'
import { prove } from '../support/prove.js'
import { failureOf } from '../support/runs.js'
import { uniqueName } from '../support/servers.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const AT = '2026-11-20T03:00:00.000Z'
const NIGHT = '2026-11-21T03:00:00.000Z'
const SHOP = `
  create table customer (id int auto_increment primary key, active tinyint(1) not null, name varchar(20));
  create table orders (id int auto_increment primary key, customer_id int, at time);
  insert into customer (active, name) values (1, 'ada'), (0, 'bob');
  insert into orders (customer_id, at) values (1, '12:00:00')`

const apply = (site: SiteUnderTest, more = {}) =>
  site.attempt(() => site.control.applyVersion({ config: site.config(more), by: 'ada', at: AT, lastNumber: 0 }))

const plan = (site: SiteUnderTest, at = NIGHT): Promise<PlannedNight> =>
  site.attempt(() => site.control.planNight({ migration: 'shop', target: site.ref.target, at, lastNumber: 1 }))

const ledgerOf = async ({ ports }: SiteUnderTest) => (await ports.target('to', null)).ledger

/** `active boolean`, of every column of the latest version. */
async function types(site: SiteUnderTest): Promise<string[]> {
  const latest = await (await ledgerOf(site)).latestVersion()
  return latest!.plan.tables.flatMap((t) => t.columns.map((c) => `${t.source}.${c.source} ${c.cast.to}`))
}

const APPLIED = ['customer.id integer', 'customer.active boolean', 'customer.name varchar(20)']
const ORDERS = ['orders.id integer', 'orders.customer_id integer', 'orders.at time(0)']

describe('the plan of a night', () => {
  it('is the applied version as long as the source is what it was, however its rows change', () =>
    withSite(SHOP, async (site) => {
      const { version } = await apply(site)
      await site.mysql("insert into customer (active, name) values (1, 'eve')")
      expect(await plan(site)).toMatchObject({ version, changed: false, broken: [] })
      expect((await (await ledgerOf(site)).versions(10)).map(({ number }) => number)).toEqual([1])
    }))

  it('carries new tables, columns and indexes as a version by schedule, once', () =>
    withSite(SHOP, async (site) => {
      await apply(site)
      await site.mysql(`
        create table basket (id int primary key, gift tinyint(1));
        insert into basket values (1, 7);
        alter table customer add column city varchar(30);
        create index by_name on customer (name)`)
      const first = await plan(site)
      expect(first).toMatchObject({
        version: { number: 2, by: 'schedule', at: NIGHT, tables: 3 },
        changed: true,
        broken: [],
      })
      expect(await types(site)).toEqual([
        'basket.id integer',
        'basket.gift smallint',
        ...APPLIED,
        'customer.city varchar(30)',
        ...ORDERS,
      ])
      // An answer that was lost on its way: the same night asks again.
      expect(await plan(site)).toEqual({ ...first, ref: expect.any(String) })
      // And the next one finds nothing to change.
      expect(await plan(site, '2026-11-22T03:00:00.000Z')).toMatchObject({ version: { number: 2 }, changed: false })
      const changes = site.kept.inspection(first.ref)?.changes?.map(({ change, subject }) => `${change} ${subject}`)
      expect(changes).toContain('added table basket')
      expect(changes).toContain('added index customer.by_name')
    }))

  it('keeps a decision that is broken, and the run stops its table before it is read', () =>
    withSite(SHOP, async (site) => {
      await apply(site)
      await site.mysql("insert into customer (active, name) values (2, 'eve'); alter table orders add column note text")
      const { version, broken } = await plan(site)
      expect(await types(site)).toEqual([...APPLIED, ...ORDERS, 'orders.note text'])
      expect(broken).toEqual([
        {
          ordinal: 0,
          column: 'active',
          what: 'tinyint(1) became boolean, and holds values other than 0, 1 and NULL now: by them it would be smallint',
        },
      ])
      const ref = { ...site.ref, version: version.number }
      const prepared = await site.attempt(() => site.data.prepareRun({ ref, broken }))
      expect(prepared).toMatchObject({ tables: 2, stopped: 1 })
      await finish(site, ref, prepared.bundles)
      const report = await (await ledgerOf(site)).report(ref.run)
      expect(report.tables.map(({ state, rowsLoaded }) => [state, rowsLoaded])).toEqual([
        ['stopped', 0],
        ['done', 1],
      ])
      expect(report.tables[0]?.failures).toMatchObject([
        { kind: 'decision-broken', column: 'active', remedy: expect.stringContaining('nightferry apply') },
      ])
    }))

  it('follows what a person applies about it', () =>
    withSite(SHOP, async (site) => {
      await apply(site)
      await site.mysql("insert into customer (active, name) values (2, 'eve')")
      expect((await plan(site)).broken).toHaveLength(1)
      const applied = await site.attempt(() =>
        site.control.applyVersion({ config: site.config(), by: 'ada', at: NIGHT, lastNumber: 1 }),
      )
      expect(applied).toMatchObject({ changed: true, version: { number: 2 } })
      expect(await plan(site)).toMatchObject({ version: { number: 2, by: 'ada' }, changed: false, broken: [] })
      expect(await types(site)).toContain('customer.active smallint')
    }))

  it('is refused by a blocking finding, which it names, and nothing is stored', () =>
    withSite(SHOP, async (site) => {
      await apply(site, { casts: [{ column: 'orders.at', to: 'interval' }] })
      await site.mysql('alter table orders drop column at')
      const failure = await failureOf(plan(site))
      expect(failure).toMatchObject({ type: 'refused', nonRetryable: true })
      expect(failure.message).toContain('orders.at')
      expect((await (await ledgerOf(site)).latestVersion())?.number).toBe(1)
    }))

  it('takes and stores versions in the memory where runs are built aside', () =>
    withSite(SHOP, async (site) => {
      await apply(site)
      const ledger = await ledgerOf(site)
      const migration = uniqueName('night')
      const memory = await site.ports.memory('to', MEMORY_DATABASE, migration)
      await memory.open()
      await memory.saveVersion({ ...(await ledger.version(1)), number: 4 })
      await site.mysql('create table more (id int primary key)')
      const target = { ...site.ref.target, published: 'shop' }
      const input = { migration, target, at: NIGHT, lastNumber: 4 }
      expect(await site.attempt(() => site.control.planNight(input))).toMatchObject({
        version: { number: 5 },
        changed: true,
      })
      expect((await memory.latestVersion())?.number).toBe(5)
      expect((await ledger.latestVersion())?.number).toBe(1)
    }))

  it('needs a version that a person applied', () =>
    withSite(SHOP, async (site) => {
      const input = { migration: 'shop', target: site.ref.target, at: NIGHT, lastNumber: 0 }
      const failure = await failureOf(site.attempt(() => site.control.planNight(input)))
      expect(failure).toMatchObject({ type: 'refused', message: 'No version is applied yet' })
    }))
})

/** What the workflow does, one after another. */
async function finish(site: SiteUnderTest, ref: SiteUnderTest['ref'], bundles: readonly { readonly bundle: number }[]) {
  const { data, attempt } = site
  for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.sealTables({ ref, part: { bundle } }))
  await prove({ ...site, ref })
  await attempt(() => data.closeRun({ ref, reason: null }))
}
