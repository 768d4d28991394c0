import { describe, expect, it } from 'vitest'
import type { PreparedRetry, PreparedRun, RunRef } from '../../activities/messages.js'
import type { Config } from '../../core/config/types.js'
import { judgeAll } from '../support/prove.js'
import { failureOf } from '../support/runs.js'
import { withSite, type SiteUnderTest } from '../support/site.js'

const NOTES = `
  create table a (id int primary key, note varchar(20));
  create table b (id int primary key, note varchar(20), index (note));
  create table c (id int primary key, note varchar(20));
  insert into a values (1, 'one'), (2, 'two');
  insert into b values (1, 'one'), (2, concat('t', char(0)));
  insert into c values (1, 'one')`

const FAMILY = `
  create table child (id int primary key, parent int, foreign key (parent) references parent (id));
  create table other (id int primary key);
  insert into other values (1)`
const PARENT = 'create table parent (id int primary key, note varchar(20))'

/** What the workflow does with a run, or with a run that is taken up again, one after another. */
async function goThrough(site: SiteUnderTest, prepared: PreparedRun, ref = site.ref, tables?: readonly number[]) {
  const { data, attempt } = site
  const only = tables === undefined ? {} : { tables }
  for (const { table, size, indexes } of prepared.big) {
    for (let complete = false; !complete;)
      ({ complete } = await attempt(() => data.divideTable({ ref, table, size, atMost: 4 })))
    const { ledger } = await site.ports.target('to', null)
    const { chunks } = await ledger.chunkStats(ref.run, table)
    try {
      await attempt(() => data.copyChunks({ ref, table, first: 0, count: chunks }))
      await attempt(() => data.buildPrimaryKey({ ref, table }))
      for (let index = 0; index < indexes; index++) await attempt(() => data.buildIndex({ ref, table, index }))
      await attempt(() => data.markIndexed({ ref, table }))
    } catch {
      // It stopped, and the ledger says why.
    }
  }
  const parts = [...prepared.big.map(({ table }) => ({ table })), ...prepared.bundles.map(({ bundle }) => ({ bundle }))]
  for (const { bundle } of prepared.bundles) {
    await attempt(() => data.copyBundle({ ref, part: { bundle } }))
    await attempt(() => data.indexBundle({ ref, part: { bundle } }))
  }
  await attempt(() => data.stopDrifted({ ref, ...only }))
  await attempt(() => data.addForeignKeys({ ref, ...only }))
  const referring = 'referring' in prepared ? (prepared as PreparedRetry).referring : []
  for (const part of [...parts, ...referring.map(({ table }) => ({ table }))])
    await attempt(() => data.validateForeignKeys({ ref, part }))
  for (const part of parts) await attempt(() => data.sealTables({ ref, part }))
  await judgeAll(site, { ref, ...only })
  return await attempt(() => data.closeRun({ ref, reason: null }))
}

const ledgerOf = async (site: SiteUnderTest) => (await site.ports.target('to', null)).ledger

const planning = (site: SiteUnderTest, names: string[] | null, version = 1) => {
  const { migration, run, target } = site.ref
  return site.attempt(() => site.control.planRetry({ migration, run, version, target, names }))
}

async function retry(site: SiteUnderTest, names: string[] | null, version = 1) {
  const planned = await planning(site, names, version)
  const tables = planned.tables.map(({ ordinal }) => ordinal)
  const ref: RunRef = { ...site.ref, version }
  const prepared = await site.attempt(() => site.data.prepareRetry({ ref, tables }))
  return { planned, prepared, summary: await goThrough(site, prepared, ref, tables) }
}

/** Rows, their places and writers, and what the ledger has of these tables. */
async function trace(site: SiteUnderTest, ...names: string[]) {
  const found = []
  for (const name of names) {
    found.push(await site.postgres(`select ctid, xmin, * from "${name}" order by 1`))
    found.push(await site.postgres(`select pg_relation_filepath('"${name}"')`))
    const ordinal = `(select ordinal from nightferry.version_table where version = 1 and source_name = '${name}')`
    for (const of of ['run_table', 'chunk', 'proof_table', 'proof_part'])
      found.push(await site.postgres(`select xmin, l::text from nightferry.${of} l where table_ordinal = ${ordinal}`))
  }
  return found
}

const apply = async (site: SiteUnderTest, more: Partial<Config>, lastNumber = 1) => {
  const at = '2026-11-20T04:00:00.000Z'
  return await site.attempt(() => site.control.applyVersion({ config: site.config(more), by: 'ada', at, lastNumber }))
}

describe('a retry', () => {
  it('of one table of a bundle completes the run, and touches nothing of the others', () =>
    withSite(NOTES, async (site) => {
      expect(await goThrough(site, await site.prepare())).toMatchObject({ state: 'incomplete', stopped: 1 })
      expect(await site.states()).toEqual(['done', 'stopped', 'done'])
      const before = await trace(site, 'a', 'c')
      await site.mysql("update b set note = 'two' where id = 2")
      const { planned, summary } = await retry(site, null)
      expect(planned).toMatchObject({ tables: [{ name: 'b', ordinal: 1 }], again: null })
      expect(summary).toMatchObject({ state: 'complete', stopped: 0, rows: 5 })
      expect(await trace(site, 'a', 'c')).toEqual(before)
      const { tables, phases } = await (await ledgerOf(site)).report(site.ref.run)
      expect(tables.map(({ state, failures }) => [state, failures])).toEqual([
        ['done', []],
        ['done', []],
        ['done', []],
      ])
      expect(new Set(phases.map(({ phase }) => phase)).size).toBe(phases.length)
    }))

  it('that fails again ends incomplete again, and its preparation may be repeated', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      await site.attempt(() => site.data.prepareRetry({ ref: site.ref, tables: [1] }))
      const { summary } = await retry(site, ['b'])
      expect(summary).toMatchObject({ state: 'incomplete', stopped: 1, reason: '1 table stopped: b (row refused)' })
      await site.mysql("update b set note = 'two' where id = 2")
      expect((await retry(site, ['b'])).summary).toMatchObject({ state: 'complete' })
    }))

  it('of a parent takes the children up that only waited for it, with the rows that they have', () =>
    withSite(
      `${PARENT}; ${FAMILY}; insert into parent values (1, concat('x', char(0))); insert into child values (1, 1)`,
      async (site) => {
        await goThrough(site, await site.prepare())
        expect(await site.states()).toEqual(['stopped', 'done', 'stopped'])
        const before = await trace(site, 'other')
        const rows = await site.postgres('select ctid, xmin, * from child')
        await site.mysql("update parent set note = 'x'")
        const { planned, summary } = await retry(site, ['parent'])
        expect(planned.tables.map(({ name }) => name)).toEqual(['child', 'parent'])
        expect(summary).toMatchObject({ state: 'complete' })
        expect(await trace(site, 'other')).toEqual(before)
        expect(await site.postgres('select ctid, xmin, * from child')).toEqual(rows)
        await expect(site.postgres('insert into child values (9, 9)')).rejects.toThrow(/foreign key/)
      },
    ))

  it('whose rows were wrong makes the table anew, and gives the foreign keys of others to it back', () =>
    withSite(
      `${PARENT}; ${FAMILY}; insert into parent values (1, 'x'); insert into child values (1, 1)`,
      async (site) => {
        const prepared = await site.prepare()
        await goThrough(site, prepared)
        expect(await site.states()).toEqual(['done', 'done', 'done'])
        const ledger = await ledgerOf(site)
        const failure = { kind: 'not-equal', message: 'm', remedy: 'r', column: null, key: null, reason: null } as const
        await ledger.addFailure(site.ref.run, 2, failure)
        await ledger.setTable(site.ref.run, 2, { state: 'stopped' })
        const file = await site.postgres("select pg_relation_filepath('parent') as file")
        const rows = await site.postgres("select ctid, xmin, *, pg_relation_filepath('child') from child")
        const { planned, summary } = await retry(site, ['parent'])
        expect(planned).toMatchObject({ tables: [{ name: 'parent' }], again: expect.stringContaining('parent') })
        expect(summary).toMatchObject({ state: 'complete' })
        expect(await site.postgres("select pg_relation_filepath('parent') as file")).not.toEqual(file)
        expect(await site.postgres("select ctid, xmin, *, pg_relation_filepath('child') from child")).toEqual(rows)
        await expect(site.postgres('insert into child values (9, 9)')).rejects.toThrow(/foreign key/)
        expect(await site.postgres('select count(*)::int as open from pg_constraint where not convalidated')).toEqual([
          { open: 0 },
        ])
      },
    ))

  it('goes on under a new version that casts only its table, and says which others must be done again', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      const before = await trace(site, 'a', 'c')
      await site.mysql("update b set note = 'two' where id = 2")
      const text = (columns: string[]) => ({ casts: columns.map((column) => ({ column, to: 'text' })) })
      await apply(site, text(['a.note', 'b.note']))
      const refused = await failureOf(planning(site, ['b'], 2))
      expect(refused.message).toContain('a (column a.note)')
      await apply(site, text(['b.note']), 2)
      const { planned, summary } = await retry(site, ['b'], 3)
      expect(planned.again).toContain('b: the version changes it')
      expect(summary).toMatchObject({ state: 'complete', version: 3 })
      expect(await trace(site, 'a', 'c')).toEqual(before)
      const type = "select data_type from information_schema.columns where table_name = 'b' and column_name = 'note'"
      expect(await site.postgres(type)).toEqual([{ data_type: 'text' }])
    }))

  it('is refused under a version with other tables, and for what is done', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      expect((await failureOf(planning(site, ['a']))).message).toContain('a is done')
      expect((await failureOf(planning(site, ['x']))).message).toContain('no table x')
      await apply(site, { tables: { include: ['*'], exclude: ['c'] } })
      expect((await failureOf(planning(site, ['b'], 2))).message).toContain('table c removed')
    }))

  it('takes the run whose rows the target has, though a later one ended before its first table', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      const { run } = site.ref
      const [later, names] = ['20261121-030000', ['b']]
      const { migration, target } = site.ref
      const plan = (rows: 'newest' | 'own', asked: string) =>
        site.attempt(() => site.control.planRetry({ ...{ migration, target, names, rows }, run: asked, version: 1 }))
      expect(await plan('newest', later)).toMatchObject({ run, tables: [{ name: 'b' }] })
      expect(await plan('own', run)).toMatchObject({ run })
      expect((await failureOf(plan('own', later))).message).toContain(`but of run ${run}`)
      const skipping = (rows: 'newest' | 'own') =>
        site.attempt(() =>
          site.control.skipTable({ ref: { ...site.ref, run: later }, name: 'b', by: 'ada', why: 'w', rows }),
        )
      expect((await failureOf(skipping('own'))).message).toContain(`but of run ${run}`)
      expect(await skipping('newest')).toMatchObject({ run, table: 'b', summary: { state: 'complete' } })
    }))

  it('makes no other table anew: what is done and is gone is named, and copied again where it is asked for', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      await site.mysql("update b set note = 'two' where id = 2")
      await site.postgres('drop table c')
      const refused = await failureOf(planning(site, ['b']))
      expect([refused.message, refused.details]).toMatchObject([
        expect.stringContaining('not in the target any more: c'),
        [{ remedy: expect.stringContaining('--table c') }],
      ])
      expect((await failureOf(planning(site, null))).details).toMatchObject([
        { remedy: expect.stringContaining('--table b --table c') },
      ])
      await site.attempt(() => site.data.prepareRetry({ ref: site.ref, tables: [1] }))
      expect(await site.postgres("select to_regclass('c')::text as c")).toEqual([{ c: null }])
      const { planned, summary } = await retry(site, ['b', 'c'])
      expect(planned.again).toContain('c: it is not in the target')
      expect(summary).toMatchObject({ state: 'complete', rows: 5 })
      expect(await site.postgres('select * from c')).toEqual([{ id: 1, note: 'one' }])
    }))

  it('leaves no late attempt of before a chunk to complete', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      const ledger = await ledgerOf(site)
      const target = await site.ports.target('to', null)
      const [late] = await ledger.claimAll(site.ref.run, [1], 'late')
      const failure = { kind: 'not-equal', message: 'm', remedy: 'r', column: null, key: null, reason: null } as const
      await ledger.addFailure(site.ref.run, 1, failure)
      await site.attempt(() => site.data.prepareRetry({ ref: site.ref, tables: [1] }))
      await ledger.claimAll(site.ref.run, [1], 'new')
      const { plan } = await ledger.version(1)
      if (late?.state !== 'claimed' || plan.tables[1] === undefined) throw new Error('no claim')
      const load = await target.load(plan, plan.tables[1], late.claim)
      expect(await load.commit({ rows: 0, bytes: 0, zeroDates: {} })).toEqual({ kept: false })
    }))
})

describe('a table that a person sets aside', () => {
  it('does not keep an ended run from being complete, and stands in its report', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      const skipping = (name: string, by = 'ada') =>
        site.attempt(() => site.control.skipTable({ ref: site.ref, name, by, why: 'nobody reads it' }))
      expect((await failureOf(skipping('a'))).message).toContain('it is done')
      const { summary } = await skipping('b')
      expect(summary).toMatchObject({ state: 'complete', stopped: 0, skipped: 1, reason: null })
      expect((await skipping('b')).summary).toEqual(summary)
      expect((await failureOf(skipping('b', 'bob'))).message).toContain('skipped by ada')
      const { tables, notCarried, proofs } = await (await ledgerOf(site)).report(site.ref.run)
      expect(tables[1]).toMatchObject({ state: 'skipped', skipped: { by: 'ada', why: 'nobody reads it' } })
      expect(notCarried[0]).toMatchObject({
        kind: 'table',
        name: 'b',
        reason: expect.stringContaining('nobody reads it'),
      })
      expect(proofs[0]).toMatchObject({ verdict: 'equal' })
    }))

  it('while its run is under way stays so, whatever step is open, and the run ends complete', () =>
    withSite(NOTES, async (site) => {
      const prepared = await site.prepare()
      for (const { bundle } of prepared.bundles)
        await site.attempt(() => site.data.copyBundle({ ref: site.ref, part: { bundle } }))
      const skipped = { ref: site.ref, name: 'b', by: 'ada', why: 'nobody reads it' }
      expect(await site.attempt(() => site.control.skipTable(skipped))).toMatchObject({ table: 'b', summary: null })
      expect(await goThrough(site, prepared)).toMatchObject({ state: 'complete', skipped: 1 })
      expect(await site.states()).toEqual(['done', 'skipped', 'done'])
    }))

  it('can be taken up again by name', () =>
    withSite(NOTES, async (site) => {
      await goThrough(site, await site.prepare())
      await site.attempt(() => site.control.skipTable({ ref: site.ref, name: 'b', by: 'ada', why: 'w' }))
      expect((await failureOf(planning(site, null))).message).toContain('done or skipped')
      await site.mysql("update b set note = 'two' where id = 2")
      const { summary } = await retry(site, ['b'])
      expect(summary).toMatchObject({ state: 'complete' })
      expect(summary.skipped).toBe(undefined)
    }))

  it('takes the foreign keys that refer to it along', () =>
    withSite(
      `${PARENT}; ${FAMILY}; insert into parent values (1, concat('x', char(0))); insert into child values (1, 1)`,
      async (site) => {
        await goThrough(site, await site.prepare())
        await site.attempt(() => site.control.skipTable({ ref: site.ref, name: 'parent', by: 'ada', why: 'w' }))
        const { summary } = await retry(site, ['child'])
        expect(summary).toMatchObject({ state: 'complete', skipped: 1 })
      },
    ))
})
