import { describe, expect, it } from 'vitest'
import { digest, idsOf, never, open, REQUEST, withLoaded, type Loaded } from '../support/loaded.js'
import { RUN } from '../support/target.js'

/** A table that people made, with a key to ours. Its owner is the account. */
const THEIRS = `
  create table invoice (id int primary key, parent_id bigint);
  insert into invoice values (1, 1), (2, 3);
  alter table invoice add constraint invoice_parent foreign key (parent_id) references parent (id) on delete cascade;
  comment on constraint invoice_parent on invoice is 'by hand';
  create table draft (id int primary key, parent_id bigint);
  insert into draft values (1, 77);
  alter table draft add constraint draft_parent foreign key (parent_id) references parent (id) not valid`

const theirKeys = async ({ sql }: Loaded) =>
  await sql(`select conname as key, convalidated as valid, obj_description(oid, 'pg_constraint') as comment
    from pg_constraint where contype = 'f' and conrelid in ('invoice'::regclass, 'draft'::regclass) order by 1`)

const as = ({ owner }: Loaded, sql: string): string => `set role ${owner}; ${sql}; reset role`

describe.each([
  { account: 'an account that may play the replica', attributes: 'superuser' },
  { account: 'an account that owns the tables and no more', attributes: '' },
])('keys that people made, under $account', ({ attributes }) => {
  it('hold behind the repair where they held before, and act again', () =>
    withLoaded(attributes, async (loaded) => {
      const { sql, target } = loaded
      await sql(as(loaded, THEIRS))
      const repair = await open(loaded, 0)
      await repair.deleteRows(await idsOf(loaded, 'parent', '1, 3'))
      await repair.insertRows(Buffer.from('1\tAda\n3\tEve\n'))
      await repair.commit([digest(3)])
      expect(await theirKeys(loaded)).toEqual([
        { key: 'draft_parent', valid: false, comment: null },
        { key: 'invoice_parent', valid: true, comment: 'by hand' },
      ])
      expect(await target.ledger.keysLeftBy(REQUEST.proof)).toEqual([])
      await sql('delete from parent where id = 1')
      expect(await sql('select id from invoice')).toEqual([{ id: 2 }])
    }))

  it('are told by name where they do not, until somebody mends that; the next repair validates them', () =>
    withLoaded(attributes, async (loaded) => {
      const { sql, target, plan } = loaded
      await sql(as(loaded, THEIRS))
      const repair = await open(loaded, 0)
      await repair.deleteRows(await idsOf(loaded, 'parent', '3'))
      await repair.commit([digest(2)])
      const left = {
        schema: 'public',
        table: 'invoice',
        key: 'invoice_parent',
        why: expect.stringMatching(/not there/),
      }
      expect(await target.ledger.keysLeftBy(REQUEST.proof)).toEqual([left])
      expect(await target.ledger.proofReport(REQUEST.proof)).toMatchObject({ keysLeft: [left] })
      const later = { ...REQUEST, proof: `${RUN}.3` }
      await target.ledger.openProof(later, [0])
      const next = await target.repair(plan, plan.tables[0]!, later, never)
      await next.insertRows(Buffer.from('3\teve\n'))
      await next.commit([digest(3)])
      expect(await target.ledger.keysLeftBy(REQUEST.proof)).toEqual([])
      expect((await theirKeys(loaded))[1]).toEqual({ key: 'invoice_parent', valid: true, comment: 'by hand' })
    }))

  it('compare as they do in the server, also where their sides have other collations', () =>
    withLoaded(attributes, async (loaded) => {
      const { sql, target } = loaded
      await sql(
        as(
          loaded,
          `alter table parent add unique (name); create table tag (name text collate "C" references parent (name));
           insert into tag values ('ada'), ('eve')`,
        ),
      )
      const repair = await open(loaded, 0)
      await repair.deleteRows(await idsOf(loaded, 'parent', '3'))
      await repair.commit([digest(2)])
      expect(await target.ledger.keysLeftBy(REQUEST.proof)).toMatchObject([{ table: 'tag', key: 'tag_name_fkey' }])
    }))

  it('keep a repair from happening where they could not be told from keys that hold', () =>
    withLoaded(attributes, async (loaded) => {
      const { sql } = loaded
      await sql(
        as(
          loaded,
          `create table bill (id int, parent_id bigint references parent (id)) partition by list (id);
           create table bill_1 partition of bill for values in (1); insert into bill values (1, 3)`,
        ),
      )
      const wrong = await open(loaded, 0)
      await wrong.deleteRows(await idsOf(loaded, 'parent', '3'))
      await expect(wrong.commit([digest(2)])).rejects.toMatchObject({
        kind: 'constraint-violated',
        message: expect.stringMatching(/bill_parent_id_fkey of public.bill .*nothing of the table was changed/),
      })
      const right = await open(loaded, 0)
      await right.deleteRows(await idsOf(loaded, 'parent', '2'))
      expect(await right.commit([digest(2)])).toMatchObject({ deleted: 1 })
      await expect(sql('delete from parent where id = 3')).rejects.toThrow(/violates foreign key/)
    }))
})

it('a key that the account may neither switch off nor drop is named, and nothing is changed', () =>
  withLoaded('', async (loaded) => {
    const { sql } = loaded
    await sql(THEIRS)
    const repair = await open(loaded, 0)
    await repair.deleteRows(await idsOf(loaded, 'parent', '3'))
    await expect(repair.commit([digest(2)])).rejects.toMatchObject({
      kind: 'target-privilege',
      message: expect.stringMatching(/draft_parent of public.draft/),
    })
    expect(await sql('select count(*)::int as n from parent')).toEqual([{ n: 3 }])
  }))

it('a check that is put off to the commit does not stand in the way', () =>
  withLoaded('', async (loaded) => {
    const { sql } = loaded
    await sql(as(loaded, 'alter table parent add constraint later unique (name) deferrable initially deferred'))
    const repair = await open(loaded, 0)
    await repair.deleteRows(await idsOf(loaded, 'parent', '1'))
    await repair.insertRows(Buffer.from('1\tada\n'))
    expect(await repair.commit([digest(3)])).toMatchObject({ deleted: 1, inserted: 1 })
  }))
