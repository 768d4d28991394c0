import { expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import type { Ports } from '../../core/ports.js'
import { load, mutated } from '../support/mutated.js'
import { prove, verifyOf } from '../support/prove.js'
import { numbers } from '../support/repair.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

/** Several chunks in each of the first two tables. */
const limits = { parallelism: 2, chunkBytes: 4000 }

const TABLES = `
  create table by_id (id int primary key, name varchar(40), seen timestamp(3) null);
  create table by_text (code varchar(20) primary key, n int);
  create table nothing (id int primary key);
  create table one_row (n int, doc json);
  insert into by_id ${numbers(600)} select n, concat('name ', n), '2026-03-29 01:30:00' + interval n minute from s;
  insert into by_text ${numbers(600)} select concat('c', n), n from s;
  insert into one_row values (1, '{"a": 1}');
  analyze table by_id, by_text`

const ledgerOf = async (site: SiteUnderTest) => (await site.ports.target('to', null)).ledger

async function witnessOf(site: SiteUnderTest, proof: string) {
  const tables = (await (await ledgerOf(site)).proofReport(proof))?.tables ?? []
  return Object.fromEntries(
    tables.map(({ table, verdict, witness }) => [table, { verdict, rows: witness?.rows, agrees: witness?.agrees }]),
  )
}

it('the witness over everything sees every row: chunk by chunk, or a table as a whole', () =>
  withSite(TABLES, async (site) => {
    await load(site, { limits })
    await prove(site)
    await prove(site, verifyOf(site, { witness: 1 }))
    expect(await witnessOf(site, verifyOf(site).proof)).toEqual({
      by_id: { verdict: 'equal', rows: 600, agrees: true },
      by_text: { verdict: 'equal', rows: 600, agrees: true },
      nothing: { verdict: 'equal', rows: 0, agrees: true },
      one_row: { verdict: 'equal', rows: 1, agrees: true },
    })
    const ledger = await ledgerOf(site)
    const chunks = await ledger.copiedChunks(site.ref.run, 0, 0, 1000)
    expect(chunks.length).toBeGreaterThan(3)
    const seen = await ledger.witnessed(verifyOf(site).proof, 0)
    expect(seen).toEqual(chunks.map(({ ordinal }) => ({ ordinal, agrees: true })))
    expect(await ledger.witnessed(verifyOf(site).proof, 1)).toEqual([{ ordinal: 0, agrees: true }])
    const report = await ledger.proofReport(verifyOf(site).proof)
    expect(report?.tables.map(({ witness }) => witness?.notWitnessed)).toEqual([[], [], [], ['doc']])
  }))

it('a sample is of about as many rows as were asked for, in ranges of the first chunk and others', () =>
  withSite(
    `create table t (id int primary key, v varchar(20));
     insert into t with recursive s (n) as (select cast(0 as signed) union all select n + 1 from s where n < 199)
       select a.n * 200 + b.n, concat('v', b.n) from s a cross join s b;
     analyze table t`,
    async (site) => {
      await load(site, { limits: { parallelism: 2, chunkBytes: 64_000_000 } })
      await prove(site)
      await prove(site, verifyOf(site, { witness: 0.3 }))
      const { t } = await witnessOf(site, verifyOf(site).proof)
      expect(t).toEqual({ verdict: 'equal', rows: 12_000, agrees: true })
    },
  ))

it('a range of a source that changed meanwhile does not count', () =>
  withSite(TABLES, async (site) => {
    await load(site, { limits })
    await prove(site)
    await site.mysql(`update by_id set name = 'new' where id = 5; delete from by_text limit 1`)
    await prove(site, verifyOf(site, { witness: 1 }))
    const seen = await witnessOf(site, verifyOf(site).proof)
    expect(seen['by_id']).toMatchObject({ verdict: 'equal', agrees: true })
    expect(seen['by_id']?.rows).toBeLessThan(600)
    expect(seen['by_text']).toEqual({ verdict: 'equal', rows: undefined, agrees: undefined })
    const ledger = await ledgerOf(site)
    const counts = (await ledger.witnessed(verifyOf(site).proof, 0)).map(({ agrees }) => agrees)
    expect(counts.filter((agrees) => agrees === null)).toHaveLength(1)
    expect(counts.filter((agrees) => agrees === true).length).toBeGreaterThan(3)
  }))

interface Questions {
  source: number
  target: number
  /** Which of the target's answers is a failure. */
  fails?: number
}

/** Counts questions to both sides. */
const counting =
  (asked: Questions) =>
  (ports: Ports): Ports => ({
    ...ports,
    source: async (connection) => {
      const source = await ports.source(connection)
      return { ...source, witness: (...args) => (asked.source++, source.witness(...args)) }
    },
    target: async (...where) => {
      const target = await ports.target(...where)
      return {
        ...target,
        witness: async (...args) => {
          if (++asked.target === asked.fails) throw new Failure('target-unreachable', 'gone', { remedy: 'wait' })
          return await target.witness(...args)
        },
      }
    },
  })

it('an attempt after a crash asks about no range a second time', async () => {
  const asked: Questions = { source: 0, target: 0 }
  await withSite(
    TABLES,
    async (site) => {
      await load(site, { limits })
      await prove(site)
      Object.assign(asked, { source: 0, target: 0, fails: 3 })
      const all = verifyOf(site, { witness: 1, tables: [0] })
      const chunks = (await (await ledgerOf(site)).copiedChunks(site.ref.run, 0, 0, 1000)).length
      await expect(prove(site, all)).rejects.toThrow('gone')
      await prove(site, all)
      expect(asked).toMatchObject({ source: chunks + 1, target: chunks + 1 })
      await prove(site, all)
      expect(asked).toMatchObject({ source: chunks + 1, target: chunks + 1 })
    },
    counting(asked),
  )
})

/** Copies table 0 in a snapshot, and changes every row of the source before the proof. */
async function runInSnapshot(site: SiteUnderTest): Promise<void> {
  const { data, ref, attempt, ports } = site
  const { big } = await site.prepare({ limits })
  const source = await ports.source('from')
  const ledger = await ledgerOf(site)
  const request = { run: ref.run, tables: ['by_id'], sessions: 1, lockTimeoutMs: 1000, patienceMs: 10_000 }
  const { sessions: _, ...snapshot } = await source.openSnapshot(
    { ...request, uncovered: 'lock' },
    new AbortController().signal,
  )
  await ledger.setReading(ref.run, { label: 'snapshot', reason: null, snapshot })
  const [{ table, size }] = big as [(typeof big)[number]]
  const { chunks } = await attempt(() => data.divideTable({ ref, table, size, atMost: 256 }))
  await site.mysql(`update by_id set name = 'between'`)
  await attempt(() => data.copyChunks({ ref, table, first: 0, count: chunks, snapshot: true }))
  await source.closeSnapshot(ref.run)
  await site.mysql(`update by_id set name = 'behind'`)
  await attempt(() => data.buildPrimaryKey({ ref, table }))
  await attempt(() => data.markIndexed({ ref, table }))
  await attempt(() => data.sealTables({ ref, part: { table } }))
}

const BY_ID = TABLES.split(';')
  .filter((statement) => statement.includes('by_id'))
  .join(';')
  .replace(', by_text', '')

it('in a snapshot the source is asked while rows are copied: what it holds later does not matter', async () => {
  const asked: Questions = { source: 0, target: 0 }
  await withSite(
    BY_ID,
    async (site) => {
      await runInSnapshot(site)
      const [noted] = await (await ledgerOf(site)).copiedChunks(site.ref.run, 0, 0, 1)
      expect(noted?.witness).toMatchObject({ range: noted?.range, rows: noted?.digest?.rows })
      const before = asked.source
      expect(before).toBeGreaterThan(3)
      expect(await prove(site)).toMatchObject({ unclean: 0 })
      expect(await witnessOf(site, site.ref.run)).toEqual({ by_id: { verdict: 'equal', rows: 600, agrees: true } })
      expect(asked).toEqual({ source: before, target: before })
    },
    counting(asked),
  )
})

it('in a snapshot a mistake of the build is seen, however much the source has changed since', () =>
  withSite(
    BY_ID,
    async (site) => {
      await runInSnapshot(site)
      expect(await prove(site)).toMatchObject({ unclean: 1, stopped: 1 })
      expect(await witnessOf(site, site.ref.run)).toMatchObject({
        by_id: { verdict: 'witness disagrees', agrees: false },
      })
    },
    mutated((lines) => lines.map(([id, name, ...rest]) => [id!, `${name}!`, ...rest])),
  ))
