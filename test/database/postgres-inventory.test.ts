import { describe, expect, it } from 'vitest'
import { createLedger, recordObject } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger, withPool } from '../support/ledger.js'

const relations = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v') and n.nspname in ('public', 'nightferry') order by 1`

describe('what the tool made in a target', () => {
  it('is nothing where there is no ledger, and a schema of that name which somebody filled is not ours', async () => {
    await withPool(async (pool) => {
      expect(await createLedger(pool).inventory()).toBeNull()
      await pool.query('create schema nightferry; create table nightferry.boats (id int)')
      expect(await createLedger(pool).inventory()).toBeNull()
      await createLedger(pool).remove('shop')
      expect((await pool.query(relations)).rows).toEqual([{ name: 'nightferry.boats' }])
    })
  })

  it('is all of its schema: tables of runs are named as kept, what a repair left as left over, others as strangers', async () => {
    await withLedger(async (ledger, pool) => {
      await pool.query('create table public.item (id int); create unlogged table nightferry.mend_rows_77 (id int)')
      const { rows } = await pool.query<{ oid: number }>(`select 'public.item'::regclass::oid::int as oid`)
      await recordObject(pool, RUN, 'table', 'public', 'item', rows[0]?.oid ?? 0)
      const found = await ledger.inventory()
      expect(found).toMatchObject({
        migration: 'shop',
        versions: 1,
        runs: 0,
        leftovers: ['mend_rows_77'],
        strangers: [],
        kept: { tables: ['public.item'], types: [] },
      })
      expect(found?.tables).toBeGreaterThan(15)
      await ledger.remove('shop')
      expect((await pool.query(relations)).rows).toEqual([{ name: 'public.item' }])
      await expect(pool.query(`select 'nightferry'::regnamespace`)).rejects.toThrow('does not exist')
      await ledger.remove('shop')
    })
  })

  it('leaves what somebody else put into that schema, and is refused whole where that hangs on it', async () => {
    await withLedger(async (ledger, pool) => {
      await pool.query(
        'create table nightferry.notes (id int); create view nightferry.seen as select * from nightferry.run',
      )
      expect((await ledger.inventory())?.strangers).toEqual(['notes', 'seen'])
      await expect(ledger.remove('shop')).rejects.toThrow(/depend/)
      expect((await ledger.inventory())?.versions).toBe(1)
      await pool.query('drop view nightferry.seen')
      await expect(ledger.remove('crm')).rejects.toMatchObject({ kind: 'refused' })
      await ledger.remove('shop')
      expect((await pool.query(relations)).rows).toEqual([{ name: 'nightferry.notes' }])
    })
  })
})
