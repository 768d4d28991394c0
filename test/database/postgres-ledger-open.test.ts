import { describe, expect, it } from 'vitest'
import { createLedger, forgetObjects, ownedObjects, recordObject } from '../../databases/postgres/ledger/index.js'
import { openLedger } from '../../databases/postgres/ledger/open.js'
import { LEDGER_STEPS } from '../../databases/postgres/ledger/schema.js'
import { RUN, version, withLedger, withPool } from '../support/ledger.js'

describe('the mark', () => {
  it('is made once by twenty workers that open at the same moment', async () => {
    await withPool(async (pool) => {
      const opened = await Promise.all(Array.from({ length: 20 }, () => createLedger(pool).open('shop')))
      expect(opened.length).toBe(20)
      await createLedger(pool).open('shop')
      const { rows } = await pool.query('select migration, schema_version from nightferry.mark')
      expect(rows).toEqual([{ migration: 'shop', schema_version: LEDGER_STEPS.length }])
    })
  })

  it('keeps another migration out of its database, and says what to do', async () => {
    await withPool(async (pool) => {
      await createLedger(pool).open('shop')
      await expect(createLedger(pool).open('crm')).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('belongs to the migration shop'),
        details: { remedy: expect.stringContaining('target database of its own') },
      })
    })
  })

  it('lets one of two migrations in when both come first', async () => {
    await withPool(async (pool) => {
      const ends = await Promise.allSettled(['shop', 'crm'].map((name) => createLedger(pool).open(name)))
      expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected'])
    })
  })

  it('is migrated by newer code, and refused by older code from then on', async () => {
    await withPool(async (pool) => {
      await openLedger(pool, 'shop')
      const newer = [...LEDGER_STEPS, 'alter table nightferry.run add column dreamt_up integer']
      await Promise.all(Array.from({ length: 8 }, () => openLedger(pool, 'shop', newer)))
      await pool.query('select dreamt_up from nightferry.run')
      await expect(openLedger(pool, 'shop')).rejects.toMatchObject({
        kind: 'refused',
        details: { remedy: expect.stringContaining('upgrade') },
      })
    })
  })

  it('is migrated by whoever comes first after an upgrade, also to read; where there is none, none is made', async () => {
    await withPool(async (pool) => {
      expect(await createLedger(pool).runs(1)).toEqual([])
      await expect(pool.query('select from nightferry.mark')).rejects.toThrow('does not exist')
      await openLedger(pool, 'shop', LEDGER_STEPS.slice(0, 1))
      const readers = Array.from({ length: 8 }, () => createLedger(pool))
      expect(await Promise.all(readers.map(async (ledger) => await ledger.proofsOf(RUN)))).toEqual(
        readers.map(() => []),
      )
      const { rows } = await pool.query('select schema_version from nightferry.mark')
      expect(rows).toEqual([{ schema_version: LEDGER_STEPS.length }])
    })
  })

  it('is refused by older code also where that only reads: what its columns mean may have changed', async () => {
    await withPool(async (pool) => {
      await openLedger(pool, 'shop', [...LEDGER_STEPS, 'select 1'])
      for (const ask of [() => createLedger(pool).runs(1), () => createLedger(pool).latestVersion()])
        await expect(ask()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('newer') })
    })
  })

  it('leaves nothing behind when a step of a migration fails', async () => {
    await withPool(async (pool) => {
      await openLedger(pool, 'shop')
      const broken = [...LEDGER_STEPS, 'alter table nightferry.run add column x integer; select 1 / 0']
      await expect(openLedger(pool, 'shop', broken)).rejects.toThrow()
      await openLedger(pool, 'shop')
      await expect(pool.query('select x from nightferry.run')).rejects.toThrow('does not exist')
    })
  })

  it('refuses a schema nightferry that somebody else filled, and takes an empty one', async () => {
    await withPool(async (pool) => {
      await pool.query('create schema nightferry; create table nightferry.boats (id int)')
      await expect(createLedger(pool).open('shop')).rejects.toMatchObject({ kind: 'refused' })
      await pool.query('drop table nightferry.boats')
      await createLedger(pool).open('shop')
    })
  })
})

describe('versions', () => {
  it('come back as they were stored, original texts with NUL and lone surrogates included', async () => {
    await withLedger(async (ledger) => {
      await ledger.saveVersion(version(2, ['items', 'Orders']))
      expect(await ledger.version(2)).toEqual(version(2, ['items', 'Orders']))
      expect((await ledger.latestVersion())?.number).toBe(2)
    })
  })

  it('are stored again without harm, and refused under another hash', async () => {
    await withLedger(async (ledger) => {
      const again = await Promise.all(Array.from({ length: 5 }, () => ledger.saveVersion(version(2, ['items']))))
      expect(again.length).toBe(5)
      await expect(ledger.saveVersion(version(2, ['items'], 'other'))).rejects.toMatchObject({ kind: 'refused' })
      await expect(ledger.version(7)).rejects.toMatchObject({ kind: 'refused' })
    })
  })

  it('of older code come back with what held then said, and those of newer code are refused', async () => {
    await withLedger(async (ledger, pool) => {
      await ledger.saveVersion(version(2, ['items']))
      expect((await ledger.version(2)).config.verify).toBeUndefined()
      await pool.query('update nightferry.version set config_format = 1 where number = 2')
      expect((await ledger.version(2)).config).toMatchObject({ migration: 'shop', verify: { witness: 0.01 } })
      await pool.query('update nightferry.version set config_format = 99 where number = 2')
      for (const ask of [() => ledger.version(2), () => ledger.latestVersion(), () => ledger.versions(9)])
        await expect(ask()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('format 99') })
    })
  })

  it('are listed without their plans, oldest first, the last ones', async () => {
    await withLedger(async (ledger) => {
      for (const number of [2, 3]) await ledger.saveVersion(version(number, ['items']))
      expect((await ledger.versions(2)).map(({ number, tables }) => [number, tables])).toEqual([
        [2, 1],
        [3, 1],
      ])
    })
  })

  it('are none, and runs are none, on a target that nothing was applied to', async () => {
    await withPool(async (pool) => {
      expect(await createLedger(pool).latestVersion()).toBeNull()
      expect(await createLedger(pool).runs(10)).toEqual([])
    })
  })
})

describe('objects that we made', () => {
  it('are ours while they keep their oid and name, and forgotten when told', async () => {
    await withLedger(async (_ledger, pool) => {
      await pool.query(
        `create table public.a (id int); create table public.b (id int); create type public.c as enum ()`,
      )
      const { rows } = await pool.query<{ a: string; b: string; c: string }>(
        `select 'public.a'::regclass::oid::text as a, 'public.b'::regclass::oid::text as b,
           'public.c'::regtype::oid::text as c`,
      )
      const [a, b, c] = [rows[0]!.a, rows[0]!.b, rows[0]!.c].map(Number) as [number, number, number]
      await recordObject(pool, RUN, 'table', 'public', 'a', a)
      await recordObject(pool, RUN, 'table', 'public', 'a', a)
      await recordObject(pool, RUN, 'table', 'public', 'b', b)
      await recordObject(pool, RUN, 'type', 'public', 'c', c)
      expect(await ownedObjects(pool)).toEqual([
        { kind: 'table', schema: 'public', name: 'a', oid: a, run: RUN },
        { kind: 'table', schema: 'public', name: 'b', oid: b, run: RUN },
        { kind: 'type', schema: 'public', name: 'c', oid: c, run: RUN },
      ])

      await pool.query('alter table public.a rename to kept; drop table public.b; create table public.b (id int)')
      expect((await ownedObjects(pool)).map((o) => o.name)).toEqual(['c'])
      await forgetObjects(pool, [a, b, c])
      expect(await ownedObjects(pool)).toEqual([])
      await pool.query('alter table public.kept rename to a')
      expect(await ownedObjects(pool)).toEqual([])
    })
  })
})
