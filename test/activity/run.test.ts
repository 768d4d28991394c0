import { describe, expect, it } from 'vitest'
import { prove } from '../support/prove.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

/** What the workflow does, one after another. */
async function finish(site: SiteUnderTest, bundles: readonly { readonly bundle: number }[]) {
  const { data, ref, attempt } = site
  for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.indexBundle({ ref, part: { bundle } }))
  await attempt(() => data.addForeignKeys({ ref }))
  for (const { bundle } of bundles) await attempt(() => data.validateForeignKeys({ ref, part: { bundle } }))
  for (const { bundle } of bundles) await attempt(() => data.sealTables({ ref, part: { bundle } }))
  await prove(site)
  return await attempt(() => data.closeRun({ ref, reason: null }))
}

const SHOP = `
  create table customer (id int auto_increment primary key, name varchar(20) not null unique);
  create table orders (id int auto_increment primary key, customer_id int, foreign key (customer_id) references customer (id));
  insert into customer (name) values ('ada'), ('bob');
  insert into orders (customer_id) values (1), (2), (null)`

describe('the steps of a run', () => {
  it('make a target where the next insert works, and every table is counted', () =>
    withSite(SHOP, async (site) => {
      const { bundles } = await site.prepare()
      expect(await finish(site, bundles)).toMatchObject({ state: 'complete', tables: 2, stopped: 0, rows: 5 })
      expect(await site.postgres("insert into customer (name) values ('eve') returning id")).toEqual([{ id: 3 }])
      await expect(site.postgres('insert into orders (customer_id) values (99)')).rejects.toThrow(/foreign key/)
    }))

  it('can each be repeated, and change nothing then', () =>
    withSite(SHOP, async (site) => {
      const { bundles } = await site.prepare()
      await finish(site, bundles)
      expect(await finish(site, bundles)).toMatchObject({ state: 'complete', rows: 5 })
    }))

  it('report orphans by key, and build the rest', () =>
    withSite(`${SHOP}; set foreign_key_checks = 0; insert into orders values (7, 70)`, async (site) => {
      const { bundles } = await site.prepare()
      expect(await finish(site, bundles)).toMatchObject({ state: 'incomplete', stopped: 1, rows: 6 })
      expect(await site.states()).toEqual(['done', 'stopped'])
      const { ledger } = await site.ports.target('to', null)
      const [failure] = (await ledger.report(site.ref.run)).tables[1]?.failures ?? []
      expect(failure).toMatchObject({ kind: 'constraint-violated', key: expect.stringContaining('7') })
      expect(await site.postgres('insert into orders (customer_id) values (1) returning id')).toEqual([{ id: 8 }])
    }))

  it("stop a table whose definition is not the plan's any more, and no other", () =>
    withSite(SHOP, async (site) => {
      const at = '2026-11-20T03:00:00.000Z'
      await site.attempt(() => site.control.applyVersion({ config: site.config(), by: 'ada', at, lastNumber: 0 }))
      await site.mysql('alter table orders add column note text')
      const { bundles, stopped } = await site.attempt(() => site.data.prepareRun({ ref: site.ref }))
      expect(stopped).toBe(1)
      expect(await finish(site, bundles)).toMatchObject({ state: 'incomplete', stopped: 1 })
      expect(await site.states()).toEqual(['done', 'stopped'])
      const { ledger } = await site.ports.target('to', null)
      expect((await ledger.report(site.ref.run)).tables[1]?.failures).toMatchObject([
        { kind: 'schema-changed', message: expect.stringContaining('orders.note is new') },
      ])
    }))

  it('find rows that somebody took away before the proof', () =>
    withSite(SHOP, async (site) => {
      const { bundles } = await site.prepare()
      for (const { bundle } of bundles)
        await site.attempt(() => site.data.copyBundle({ ref: site.ref, part: { bundle } }))
      await site.postgres('delete from customer where id = 2')
      for (const { bundle } of bundles)
        await site.attempt(() => site.data.sealTables({ ref: site.ref, part: { bundle } }))
      for (const { bundle } of bundles)
        await site.attempt(() => site.data.indexBundle({ ref: site.ref, part: { bundle } }))
      await prove(site)
      expect(await site.states()).toEqual(['stopped', 'done'])
      expect(await site.attempt(() => site.data.closeRun({ ref: site.ref, reason: null }))).toMatchObject({
        state: 'incomplete',
      })
    }))

  it('do not call a run complete while a table is unfinished', () =>
    withSite(SHOP, async (site) => {
      await site.prepare()
      expect(await site.attempt(() => site.data.closeRun({ ref: site.ref, reason: null }))).toMatchObject({
        state: 'incomplete',
        reason: '2 of 2 tables were not finished',
      })
    }))

  it('add no key that refers to a table without its rows, and say so', () =>
    withSite(SHOP, async (site) => {
      const { bundles } = await site.prepare()
      const { ledger } = await site.ports.target('to', null)
      await ledger.setTable(site.ref.run, 0, { state: 'stopped' })
      expect(await finish(site, bundles)).toMatchObject({ state: 'incomplete', stopped: 2 })
      const failures = (await ledger.report(site.ref.run)).tables[1]?.failures
      expect(failures).toMatchObject([{ kind: 'object-refused', message: expect.stringContaining('customer') }])
    }))
})
