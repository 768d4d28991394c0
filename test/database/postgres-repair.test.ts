import { describe, expect, it } from 'vitest'
import { digest, idsOf, never, open, REQUEST, withLoaded, type Loaded } from '../support/loaded.js'
import { RUN } from '../support/target.js'

const foreignKey = async ({ sql }: Loaded) =>
  (
    await sql(`select pg_get_constraintdef(oid) as d from pg_constraint
    where conrelid = 'child'::regclass and contype = 'f'`)
  )[0]?.['d']

const VALID = 'FOREIGN KEY (parent_id) REFERENCES parent(id) ON UPDATE CASCADE ON DELETE CASCADE'

const TRIGGER = `
  create table touched (what text);
  create function note() returns trigger language plpgsql security definer as
    $$ begin insert into public.touched values (tg_name); return null; end $$;
  create trigger plain after insert or delete on parent for each row execute function note();
  create trigger always after insert or delete on parent for each row execute function note();
  alter table parent enable always trigger always;
  create trigger replica after insert or delete on parent for each row execute function note();
  alter table parent enable replica trigger replica`

describe.each([
  { account: 'an account that may play the replica', attributes: 'superuser', validAtOnce: true },
  { account: 'an account that owns the tables and no more', attributes: '', validAtOnce: false },
])('$account', ({ attributes, validAtOnce }) => {
  it('exchanges a parent without a word to its children or to triggers', () =>
    withLoaded(attributes, async (loaded) => {
      const { sql, target, plan } = loaded
      await sql(TRIGGER)
      const repair = await open(loaded, 0)
      await repair.deleteRows(await idsOf(loaded, 'parent', '1, 3'))
      await repair.insertRows(Buffer.from('1\tAda\n'))
      expect(await sql('select id, name from parent order by 1'), 'nothing before the commit').toHaveLength(3)
      expect(await repair.commit([digest(2)])).toEqual({ deleted: 2, inserted: 1, chunks: 1 })
      expect(await sql('select id::int, name from parent order by 1')).toEqual([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'bob' },
      ])
      expect(await sql('select id::int, parent_id::int as p from child order by 1')).toEqual([
        { id: 10, p: 1 },
        { id: 20, p: 2 },
        { id: 30, p: null },
      ])
      expect(await sql('select * from touched')).toEqual([])
      expect(
        await sql(`select tgname as n, tgenabled as e from pg_trigger
        where tgrelid = 'parent'::regclass and not tgisinternal order by 1`),
      ).toEqual([
        { n: 'always', e: 'A' },
        { n: 'plain', e: 'O' },
        { n: 'replica', e: 'R' },
      ])
      expect(await foreignKey(loaded)).toBe(validAtOnce ? VALID : `${VALID} NOT VALID`)
      await target.validateForeignKeys(plan, plan.tables[1]!, never)
      expect(await foreignKey(loaded)).toBe(VALID)
      await sql('delete from parent where id = 1')
      expect(await sql('select id from child where id = 10'), 'keys act again').toEqual([])
    }))

  it('leaves a key with orphans NOT VALID, whichever side lost its rows', () =>
    withLoaded(attributes, async (loaded) => {
      const repair = await open(loaded, 0)
      await repair.deleteRows(await idsOf(loaded, 'parent', '2'))
      await repair.commit([])
      expect(await foreignKey(loaded)).toBe(`${VALID} NOT VALID`)
      const { target, plan } = loaded
      await expect(target.validateForeignKeys(plan, plan.tables[1]!, never)).rejects.toMatchObject({
        kind: 'constraint-violated',
        details: { private: { key: 'parent_id=2' } },
      })
    }))
})

describe('a repair', () => {
  it('writes what its chunks hold, and its mark, with the rows: another attempt finds them', () =>
    withLoaded('', async (loaded) => {
      const { target, sql } = loaded
      const repair = await open(loaded, 1)
      await repair.insertRows(Buffer.from('40\t3\n50\t3\n'))
      const mended = await repair.commit([digest(5)])
      const again = await open(loaded, 1)
      expect(again.done).toEqual(mended)
      await again.abandon()
      expect(await target.ledger.copiedChunks(RUN, 1, 0, 10)).toMatchObject([digest(5)])
      expect(await sql('select rows_counted::int as n from nightferry.run_table where table_ordinal = 1')).toEqual([
        { n: 5 },
      ])
    }))

  it('keeps nothing where a row breaks a unique key, a check or a NOT NULL, or where it is given up', () =>
    withLoaded('', async (loaded) => {
      const { sql } = loaded
      const before = await sql('select xmin, ctid, * from parent order by id')
      const twice = await open(loaded, 0)
      await twice.insertRows(Buffer.from('2\ttwice\n'))
      await expect(twice.commit([digest(4)])).rejects.toMatchObject({
        kind: 'constraint-violated',
        message: expect.not.stringContaining('twice'),
      })
      const empty = await open(loaded, 0)
      await empty.deleteRows(await idsOf(loaded, 'parent', '1'))
      await empty.abandon()
      await empty.abandon()
      const lost = await open(loaded, 0)
      await expect(lost.commit([{ ...digest(1), ordinal: 7 }])).rejects.toThrow()
      expect(await sql('select xmin, ctid, * from parent order by id')).toEqual(before)
      const last = await open(loaded, 0)
      expect(last.done).toBeNull()
      await last.abandon()
    }))

  it('holds off writers, and not readers, and gives up where a writer does not let go', () =>
    withLoaded('', async (loaded) => {
      const { sql } = loaded
      const repair = await open(loaded, 0)
      await expect(sql(`set lock_timeout = '200ms'; insert into parent values (9, 'new')`)).rejects.toThrow(/lock/)
      expect(await sql('select count(*)::int as n from parent')).toEqual([{ n: 3 }])
      await repair.abandon()
      await sql(`insert into parent values (9, 'new')`)
    }))

  it('ends with its signal', () =>
    withLoaded('', async (loaded) => {
      const { target, plan, sql } = loaded
      const stop = new AbortController()
      const repair = await target.repair(plan, plan.tables[0]!, REQUEST, stop.signal)
      await repair.deleteRows(await idsOf(loaded, 'parent', '1'))
      stop.abort(new Error('cancelled'))
      await expect(repair.commit([digest(1)])).rejects.toThrow('cancelled')
      await sql(`set lock_timeout = '5s'; insert into parent values (9, 'new')`)
      expect(await sql('select count(*)::int as n from parent')).toEqual([{ n: 4 }])
    }))
})
