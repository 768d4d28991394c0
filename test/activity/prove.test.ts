import { describe, expect, it } from 'vitest'
import type { Ports } from '../../core/ports.js'
import { prove, verifyOf } from '../support/prove.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const TABLES = `
  create table by_id (id int primary key, name varchar(40));
  create table by_text (code varchar(20) primary key, n int);
  create table no_key (n int, s varchar(10));
  create table nothing (id int primary key);
  insert into by_id select seq, concat('name ', seq) from seq_1_to_500;
  insert into by_text select concat('c', seq), seq from seq_1_to_300;
  insert into no_key select seq % 5, 'same' from seq_1_to_100`

/** Loaded, indexed and sealed: ready for its proof. */
async function load(site: SiteUnderTest, more = {}): Promise<void> {
  const { bundles } = await site.prepare(more)
  const { data, ref, attempt } = site
  for (const { bundle } of bundles) {
    await attempt(() => data.copyBundle({ ref, part: { bundle } }))
    await attempt(() => data.indexBundle({ ref, part: { bundle } }))
    await attempt(() => data.sealTables({ ref, part: { bundle } }))
  }
}

const verdicts = async (site: SiteUnderTest, proof: string): Promise<Record<string, string>> => {
  const { ledger } = await site.ports.target('to', null)
  const report = await ledger.proofReport(proof)
  return Object.fromEntries((report?.tables ?? []).map(({ table, verdict }) => [table, verdict]))
}

describe('the proof of a load', () => {
  it('is clean where the target holds what was read, and only then are tables done', () =>
    withSite(TABLES, async (site) => {
      await load(site)
      expect(await site.states()).toEqual(['indexed', 'indexed', 'indexed', 'indexed'])
      expect(await prove(site)).toEqual({ unclean: 0, stopped: 0, differences: 0 })
      expect(await site.states()).toEqual(['done', 'done', 'done', 'done'])
      const { ledger } = await site.ports.target('to', null)
      const report = await ledger.proofReport(site.ref.run)
      expect(report).toMatchObject({ verdict: 'equal', kind: 'load', differences: 0 })
      expect(report?.tables.map((t) => [t.table, t.form, t.verdict, t.rowsSource, t.rowsTarget])).toEqual([
        ['by_id', 'ordered', 'equal', 500, 500],
        ['by_text', 'buckets', 'equal', 300, 300],
        ['no_key', 'buckets', 'equal', 100, 100],
        ['nothing', 'ordered', 'equal', 0, 0],
      ])
      expect(await prove(site), 'a repeat').toEqual({ unclean: 0, stopped: 0, differences: 0 })
    }))

  const faults: Record<string, string> = {
    'one changed byte': `update by_id set name = 'name x' where id = 250`,
    'a missing row': 'delete from by_id where id = 500',
    'an extra row': `insert into by_text values ('new', 1)`,
    'NULL for an empty text': `update by_text set n = null where code = 'c7'`,
    'values of two rows swapped': `update by_text set n = case code when 'c1' then 2 else 1 end where code in ('c1', 'c2')`,
    'a duplicate where another row vanished': `update no_key set n = 1 where ctid = (select ctid from no_key where n = 2 limit 1)`,
    'a row where none was': 'insert into nothing values (1)',
  }
  it.each(Object.keys(faults))('sees %s, stops that table and no other', (fault) =>
    withSite(TABLES, async (site) => {
      await load(site)
      await site.postgres(faults[fault] as string)
      const found = await prove(site)
      expect(found).toMatchObject({ unclean: 1, stopped: 1 })
      expect(found.differences).toBeGreaterThan(0)
      const judged = Object.values(await verdicts(site, site.ref.run))
      expect(judged.toSorted()).toEqual(['copy wrong', 'equal', 'equal', 'equal'])
      expect((await site.states()).toSorted()).toEqual(['done', 'done', 'done', 'stopped'])
      const summary = await site.attempt(() => site.data.closeRun({ ref: site.ref, reason: null }))
      expect(summary).toMatchObject({ state: 'incomplete', stopped: 1 })
    }),
  )
})

describe('a later verify', () => {
  it('tells a target that changed from a source that did', () =>
    withSite(TABLES, async (site) => {
      await load(site)
      await prove(site)
      await site.postgres(`update by_id set name = 'x' where id = 1`)
      await site.mysql(`update by_text set n = 5000 where code = 'c9'; delete from no_key limit 1`)
      expect(await prove(site, verifyOf(site, { withSource: true }))).toMatchObject({ unclean: 1, stopped: 0 })
      expect(await verdicts(site, verifyOf(site).proof)).toEqual({
        by_id: 'target changed',
        by_text: 'differs from the source now',
        no_key: 'differs from the source now',
        nothing: 'equal',
      })
      expect(await site.states(), 'a verify stops nothing').toEqual(['done', 'done', 'done', 'done'])
    }))

  it('is of the tables that were asked for, and does not read the source unasked', () =>
    withSite(TABLES, async (site) => {
      await load(site)
      await prove(site)
      await site.mysql('drop table by_text')
      expect(await prove(site, verifyOf(site, { tables: [1] }))).toMatchObject({ unclean: 0 })
      expect(await verdicts(site, verifyOf(site).proof)).toEqual({ by_text: 'equal' })
    }))
})

describe('an attempt after a crash', () => {
  it('reads no part a second time', async () => {
    let reads = 0
    const counting = (ports: Ports): Ports => ({
      ...ports,
      target: async (...where) => {
        const target = await ports.target(...where)
        return { ...target, read: (...args) => (reads++, target.read(...args)) }
      },
    })
    await withSite(
      TABLES,
      async (site) => {
        await load(site)
        await prove(site)
        expect(reads).toBe(4)
        await prove(site)
        expect(reads).toBe(4)
      },
      counting,
    )
  })
})
