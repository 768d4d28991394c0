import { describe, expect, it } from 'vitest'
import type { Failure } from '../../core/failure.js'
import {
  begin,
  column,
  id,
  loadLines,
  NEXT_RUN,
  planOf,
  primaryKey,
  RUN,
  table,
  withTarget,
} from '../support/target.js'

const shop = planOf([
  table('film', [id(), column('State of "it"', 'public."film_state"', { notNull: true, default: `'new'` })], {
    identity: { column: 'id', next: '1' },
    enums: [{ name: 'film_state', labels: ['new', "it's", 'old'] }],
    ...primaryKey('film_pkey', 'id'),
  }),
  table('order', [id(), column('film_id', 'bigint'), column('at', 'timestamptz', { default: 'CURRENT_TIMESTAMP' })], {
    foreignKeys: [
      {
        source: 'fk',
        target: 'order_film',
        columns: ['film_id'],
        referencedTable: 'film',
        referencedColumns: ['id'],
        onUpdate: 'NO ACTION',
        onDelete: 'CASCADE',
      },
    ],
  }),
])
const oids = `select string_agg(relname || oid, ',' order by relname) as oids from pg_class
  where relnamespace = 'public'::regnamespace`
const never = new AbortController().signal

describe.each([15, 18] as const)('the schema on PostgreSQL %i', (version) => {
  it('has bare tables with types, defaults, NOT NULL and identity, and a mark on each', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, shop)
      await sql(`insert into film default values; insert into "order" (id) values (1)`)
      expect(await sql('select * from film')).toEqual([{ id: '1', 'State of "it"': 'new' }])
      expect(await sql('select at is not null as now from "order"')).toEqual([{ now: true }])
      expect(await sql(`select count(*)::int as n from pg_index where indrelid = 'film'::regclass`)).toEqual([{ n: 0 }])
      expect(await sql('select kind, name, run from nightferry.object order by 1, 2')).toEqual([
        { kind: 'table', name: 'film', run: RUN },
        { kind: 'table', name: 'order', run: RUN },
        { kind: 'type', name: 'film_state', run: RUN },
      ])
    }, version)
  })

  it('is kept by a repeat for the same run, rows and all', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, shop)
      await sql('insert into film default values')
      const before = await sql(oids)
      await Promise.all([target.buildSchema(shop, RUN), target.buildSchema(shop, RUN)])
      expect(await sql(oids)).toEqual(before)
      expect(await sql('select count(*)::int as n from film')).toEqual([{ n: 1 }])
    }, version)
  })

  it('goes on where an attempt of the same run died between two transactions', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, planOf(shop.tables.slice(0, 1)))
      const [film] = await sql(`select 'film'::regclass::oid as oid`)
      await target.buildSchema(shop, RUN)
      expect(await sql(`select 'film'::regclass::oid as oid`)).toEqual([film])
      expect(await sql(`select to_regclass('"order"') is not null as there`)).toEqual([{ there: true }])
    }, version)
  })

  it('is dropped and made again by the next run: our tables, with their keys to each other, and nothing else', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, shop)
      for (const one of shop.tables) await target.buildPrimaryKey(shop, one, never)
      await loadLines(target, shop, 0, ['1\tnew'])
      for (const one of shop.tables) await target.addForeignKeys(shop, one)
      await sql(`create table mine (x int); insert into mine values (7); create type film_kind as enum ('a')`)
      await begin(target, shop, NEXT_RUN)
      expect(await sql('select count(*)::int as n from film')).toEqual([{ n: 0 }])
      expect(await sql('select * from mine')).toEqual([{ x: 7 }])
      expect(await sql('select distinct run from nightferry.object')).toEqual([{ run: NEXT_RUN }])
    }, version)
  })

  it('leaves alone a table that a person renamed, or put in the place of ours', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, shop)
      await sql(`alter table "order" rename to order_kept; insert into order_kept (id) values (5)`)
      await begin(target, shop, NEXT_RUN)
      expect(await sql('select id from order_kept')).toEqual([{ id: '5' }])
      await sql(`drop table "order"; create table "order" (precious int)`)
      const failure = await begin(target, shop, '20261122-030000').catch((error: unknown) => error)
      expect(failure).toMatchObject({ kind: 'object-refused', message: expect.stringContaining('"public"."order"') })
      expect(await sql(`select to_regclass('film') is not null as there`)).toEqual([{ there: true }])
      expect(await sql('select count(precious)::int as n from "order"')).toEqual([{ n: 0 }])
    }, version)
  })

  it('is never dropped with CASCADE: a foreign view stops the run and stays', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, shop)
      await sql('create view films as select id from film')
      const failure = (await begin(target, shop, NEXT_RUN).catch((error: unknown) => error)) as Failure
      expect(failure.kind).toBe('object-refused')
      expect(failure.details.private?.reason).toContain('view public.films depends on table public.film')
      expect(await sql('select count(*)::int as n from films')).toEqual([{ n: 0 }])
    }, version)
  })

  it('names the table that PostgreSQL refuses among many', async () => {
    await withTarget(async (target) => {
      const tables = [1, 2, 3].map((n) => table(`t${n}`, [id(), column('x', n === 2 ? 'no_such_type' : 'text')]))
      const failure = await begin(target, planOf(tables)).catch((error: unknown) => error)
      expect(failure).toMatchObject({ details: { table: 't2' }, message: expect.stringContaining('table t2') })
    }, version)
  })

  it('makes the schema that it is told, whatever its name', async () => {
    await withTarget(async (target, sql) => {
      const elsewhere = planOf([table('a', [id()], { identity: { column: 'id', next: '1' } })], 'Mein "Laden"')
      await begin(target, elsewhere)
      await sql('insert into "Mein ""Laden""".a default values')
      await target.setIdentity(elsewhere, elsewhere.tables[0]!, '100')
      expect(await sql('insert into "Mein ""Laden""".a default values returning id')).toEqual([{ id: '100' }])
    }, version)
  })

  it('gives a sequence a name that no table or index of the plan wants', async () => {
    await withTarget(async (target, sql) => {
      const long = 'ä'.repeat(31)
      const plan = planOf([
        table('a', [id()], { identity: { column: 'id', next: '1' } }),
        table('a_id_seq', [id()]),
        table(long, [id()], { identity: { column: 'id', next: '1' } }),
      ])
      await begin(target, plan)
      expect(await sql(`select pg_get_serial_sequence('a', 'id') as s`)).toEqual([{ s: 'public.a_id_seq1' }])
      await target.buildSchema(plan, NEXT_RUN)
    }, version)
  })

  it('drops and makes hundreds of tables, in several transactions', async () => {
    await withTarget(async (target, sql) => {
      const many = planOf(
        Array.from({ length: 220 }, (_, n) =>
          table(`t${n}`, [id(), column('a', 'text'), column('b', 'int')], { identity: { column: 'id', next: '1' } }),
        ),
      )
      await begin(target, many)
      await target.buildSchema(many, NEXT_RUN)
      expect(await sql(`select count(*)::int as n from pg_tables where schemaname = 'public'`)).toEqual([{ n: 220 }])
    }, version)
  })
})
