import { describe, expect, it } from 'vitest'
import { loadAll, repairAll, repairOf, verifyAll } from '../support/repair.js'
import { prove } from '../support/prove.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const SHOP = `
  create table customer (id int primary key, name varchar(40) not null);
  create table orders (id int primary key, customer_id int,
    constraint of_customer foreign key (customer_id) references customer (id));
  insert into customer values (1, 'Ann'), (2, 'Bob'), (3, 'Zoe');
  insert into orders values (1, 1), (2, 3)`

const ledgerOf = async ({ ports }: SiteUnderTest) => (await ports.target('to', null)).ledger

/** Loads, lets somebody write to the target before the proof, and closes the run. */
async function runAmiss(site: SiteUnderTest, amiss: string): Promise<void> {
  const { data, ref, attempt } = site
  await loadAll(site)
  await site.postgres(`set session_replication_role = replica; ${amiss}`)
  await prove(site)
  await attempt(() => data.closeRun({ ref, reason: null }))
}

/** As a report has them: state, failures, and what a repair made of it. */
async function tablesOf(site: SiteUnderTest) {
  const { tables } = await (await ledgerOf(site)).report(site.ref.run)
  return tables.map(({ table, state, failures, provedBy, label }) => [
    ...[table, state, failures.map(({ kind }) => kind), provedBy, label],
  ])
}

describe('a table that its load proof stopped', () => {
  it('is done once a repair of it is proved; the run says how it ended, and what was mended since', () =>
    withSite(SHOP, async (site) => {
      const { run } = site.ref
      await runAmiss(site, `update customer set name = 'Bo' where id = 2; delete from orders`)
      const ledger = await ledgerOf(site)
      const before = await ledger.summary(run)
      expect(before).toMatchObject({ state: 'incomplete', tables: 2, stopped: 2 })
      expect(before).not.toHaveProperty('mended')
      const { proved } = await repairAll(site, repairOf(site, 2, { tables: [0] }))
      expect(proved.unclean).toBe(0)
      expect(await tablesOf(site)).toEqual([
        ['customer', 'done', ['not-equal'], `${run}.2`, 'best-effort'],
        ['orders', 'stopped', ['not-equal'], undefined, undefined],
      ])
      expect(await ledger.summary(run)).toEqual({ ...before, stopped: 1, mended: { tables: 1, by: `${run}.2` } })
      await repairAll(site, repairOf(site, 3))
      const after = await ledger.summary(run)
      expect(after).toEqual({ ...before, stopped: 0, mended: { tables: 2, by: `${run}.3` } })
      const { data, ref, attempt } = site
      expect(await attempt(() => data.closeProof({ ref, proof: `${run}.3` }))).toEqual(after)
      expect(await attempt(() => data.closeProof({ ref, proof: run }))).toBeUndefined()
      expect((await ledger.tableStates(run)).map(({ state }) => state)).toEqual(['done', 'done'])
    }))

  it('stays stopped while the proof behind its repair is not clean', () =>
    withSite(SHOP, async (site) => {
      await runAmiss(site, `update customer set name = 'Bo' where id = 2`)
      const { data, ref, attempt } = site
      const request = repairOf(site, 2)
      const [mend] = (await attempt(() => data.planRepair({ ref, request }))).tables
      await attempt(() => data.repairTable({ ref, proof: request.proof, mend: mend! }))
      await site.postgres(`update customer set name = 'Bo' where id = 2`)
      expect((await prove(site, { ...request, tables: [0] })).unclean).toBe(1)
      expect((await tablesOf(site))[0]).toEqual(['customer', 'stopped', ['not-equal'], undefined, 'best-effort'])
    }))
})

describe('a table that was stopped before its proof', () => {
  it('stays stopped when its rows are mended: it may lack more than rows', () =>
    withSite(`${SHOP}; set foreign_key_checks = 0; insert into orders values (4, 99)`, async (site) => {
      await runAmiss(site, `update orders set customer_id = 2 where id = 1`)
      expect((await tablesOf(site))[1]).toEqual(['orders', 'stopped', ['constraint-violated'], undefined, undefined])
      expect(await verifyAll(site)).toHaveLength(1)
      const { proved, mended, schema } = await repairAll(site, repairOf(site, 3))
      expect([proved.unclean, mended.length]).toEqual([0, 1])
      expect(schema.failures).toMatchObject([{ table: 'orders' }])
      expect((await tablesOf(site))[1]).toEqual([
        ...['orders', 'stopped', ['constraint-violated'], undefined, 'best-effort'],
      ])
    }))
})
