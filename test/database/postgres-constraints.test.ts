import { describe, expect, it } from 'vitest'
import type { Failure } from '../../core/failure.js'
import type { PlannedForeignKey } from '../../core/plan/types.js'
import {
  ascending,
  begin,
  column,
  id,
  loadLines,
  planOf,
  primaryKey,
  RUN,
  table,
  withTarget,
} from '../support/target.js'

const never = new AbortController().signal

const refersTo = (referencedTable: string, columns: string[], referencedColumns = columns): PlannedForeignKey => ({
  source: `fk_${referencedTable}`,
  target: `rental_${referencedTable}_fkey`,
  columns,
  referencedTable,
  referencedColumns,
  onUpdate: 'CASCADE',
  onDelete: 'SET NULL',
})

const plan = planOf([
  table('film', [id()], primaryKey('film_pkey', 'id')),
  table('store', [id('region', 'int'), id('nr', 'int')], primaryKey('store_pkey', 'region', 'nr')),
  table(
    'rental',
    [
      id(),
      column('film_id', 'bigint', { source: 'FilmId', comment: "the film's id" }),
      column('region', 'int'),
      column('nr', 'int'),
      column('extras', 'text[]'),
    ],
    {
      comment: 'who took what; "quoted"',
      ...primaryKey('rental_pkey', 'id'),
      foreignKeys: [refersTo('film', ['film_id'], ['id']), refersTo('store', ['region', 'nr'])],
      checks: [{ name: 'rental_extras_check', expression: `extras <@ '{dvd,box}'::text[]` }],
      indexes: [
        {
          source: 'a',
          target: 'rental_film',
          unique: false,
          columns: [{ column: 'film_id', descending: true }, ascending('id')],
          comment: 'why',
        },
        { source: 'b', target: 'rental_once', unique: true, columns: [ascending('film_id')], comment: '' },
      ],
    },
  ),
])
const [film, store, rental] = plan.tables

describe.each([15, 18] as const)('keys and constraints on PostgreSQL %i', (version) => {
  it('are made under their names, with their order, rules and comments, and made once', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      await loadLines(target, plan, 0, ['1', '2'])
      await loadLines(target, plan, 1, ['1\t1'])
      await loadLines(target, plan, 2, ['1\t1\t1\t1\t{dvd}', '2\t2\t\\N\t9\t\\N'])
      for (let twice = 0; twice < 2; twice++) {
        for (const one of plan.tables) await target.buildPrimaryKey(plan, one, never)
        for (const n of [0, 1]) await target.buildIndex(plan, rental!, n, never)
        for (const one of plan.tables) await target.addForeignKeys(plan, one)
        for (const one of plan.tables) await target.validateForeignKeys(plan, one, never)
        await target.vacuum(plan, rental!, never)
      }
      expect(await sql(`select indexdef from pg_indexes where tablename = 'rental' order by 1`)).toEqual([
        { indexdef: 'CREATE INDEX rental_film ON public.rental USING btree (film_id DESC, id)' },
        { indexdef: 'CREATE UNIQUE INDEX rental_once ON public.rental USING btree (film_id)' },
        { indexdef: 'CREATE UNIQUE INDEX rental_pkey ON public.rental USING btree (id)' },
      ])
      const constraints = await sql(`select conname, pg_get_constraintdef(oid) as def from pg_constraint
        where conrelid = 'rental'::regclass and contype <> 'n' order by 1`)
      expect(constraints.map((row) => row['def'])).toEqual([
        `CHECK ((extras <@ '{dvd,box}'::text[]))`,
        'FOREIGN KEY (film_id) REFERENCES film(id) ON UPDATE CASCADE ON DELETE SET NULL',
        'PRIMARY KEY (id)',
        'FOREIGN KEY (region, nr) REFERENCES store(region, nr) ON UPDATE CASCADE ON DELETE SET NULL',
      ])
      expect(
        await sql(`select obj_description('rental'::regclass) as t, col_description('rental'::regclass, 2) as c,
          obj_description('rental_film'::regclass) as i`),
      ).toEqual([{ t: 'who took what; "quoted"', c: "the film's id", i: 'why' }])
      expect(await sql(`select reltuples::int as n from pg_class where relname = 'rental'`)).toEqual([{ n: 2 }])
      const { tables } = await target.ledger.report(RUN)
      expect(tables.every((one) => one.seconds.indexes > 0)).toBe(true)
      expect(tables[2]!.seconds).toMatchObject({ constraints: expect.any(Number), vacuum: expect.any(Number) })
      expect(tables[2]!.seconds.vacuum).toBeGreaterThan(0)
    }, version)
  })

  it('name up to ten orphans by key, stay NOT VALID, and let the others be validated', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      await loadLines(target, plan, 0, ['1'])
      const orphans = Array.from({ length: 13 }, (_, n) => `${n + 10}\t${n + 100}\t\\N\t\\N\t\\N`)
      await loadLines(target, plan, 2, ['1\t1\t7\t8\t{dvd}', '2\t100\t\\N\t\\N\t{dvd}', ...orphans])
      for (const one of plan.tables) await target.buildPrimaryKey(plan, one, never)
      await target.addForeignKeys(plan, rental!)
      const failure = (await target
        .validateForeignKeys(plan, rental!, never)
        .catch((error: unknown) => error)) as Failure
      expect(failure.kind).toBe('constraint-violated')
      expect(failure.message).not.toMatch(/100|109/)
      expect(failure.details.private?.key).toBe(
        'film_id=100; film_id=101; film_id=102; film_id=103; film_id=104; film_id=105; film_id=106; film_id=107; film_id=108; film_id=109 (and 3 more); region=7, nr=8',
      )
      expect(failure.details.private?.reason).toContain('14 rows of rental')
      expect(
        await sql(`select conname, convalidated from pg_constraint
          where conrelid = 'rental'::regclass and contype in ('c', 'f') order by 1`),
      ).toEqual([
        { conname: 'rental_extras_check', convalidated: true },
        { conname: 'rental_film_fkey', convalidated: false },
        { conname: 'rental_store_fkey', convalidated: false },
      ])
    }, version)
  })

  it('that PostgreSQL refuses do not keep the others from being made', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      // No unique index on film yet.
      await target.buildPrimaryKey(plan, store!, never)
      const failure = await target.addForeignKeys(plan, rental!).catch((error: unknown) => error)
      expect(failure).toMatchObject({ kind: 'object-refused', message: expect.stringContaining('rental_film_fkey') })
      expect(
        await sql(
          `select conname from pg_constraint where conrelid = 'rental'::regclass and contype in ('c', 'f') order by 1`,
        ),
      ).toEqual([{ conname: 'rental_extras_check' }, { conname: 'rental_store_fkey' }])
    }, version)
  })

  it('keep the values of duplicates private', async () => {
    await withTarget(async (target) => {
      await begin(target, plan)
      await loadLines(target, plan, 2, ['1\t4711\t\\N\t\\N\t\\N', '2\t4711\t\\N\t\\N\t\\N'])
      const failure = (await target.buildIndex(plan, rental!, 1, never).catch((error: unknown) => error)) as Failure
      expect(failure).toMatchObject({ kind: 'constraint-violated', details: { table: 'rental' } })
      expect(failure.message).not.toContain('4711')
      expect(failure.details.private?.key).toContain('4711')
      await loadLines(target, plan, 0, ['1', '1'])
      await expect(target.buildPrimaryKey(plan, film!, never)).rejects.toMatchObject({ kind: 'constraint-violated' })
    }, version)
  })

  it('are made once by two attempts at the same moment', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      const twice = (work: () => Promise<void>) => Promise.all([work(), work(), work()])
      for (const one of plan.tables) await twice(() => target.buildPrimaryKey(plan, one, never))
      await twice(() => target.buildIndex(plan, rental!, 0, never))
      await twice(() => target.addForeignKeys(plan, rental!))
      await twice(() => target.validateForeignKeys(plan, rental!, never))
      expect(
        await sql(`select count(*)::int as n, bool_and(convalidated) as valid from pg_constraint
          where conrelid = 'rental'::regclass and contype <> 'n'`),
      ).toEqual([{ n: 4, valid: true }])
    }, version)
  })

  it('rebuild an index of ours that is not valid', async () => {
    await withTarget(async (target, sql) => {
      await begin(target, plan)
      await target.buildIndex(plan, rental!, 0, never)
      await sql(`update pg_index set indisvalid = false where indexrelid = 'rental_film'::regclass`)
      await target.buildIndex(plan, rental!, 0, never)
      expect(await sql(`select indisvalid from pg_index where indexrelid = 'rental_film'::regclass`)).toEqual([
        { indisvalid: true },
      ])
    }, version)
  })
})

describe.each([15, 18] as const)('identity counters on PostgreSQL %i', (version) => {
  it.each([
    ['the source is ahead', '500', ['7'], '500'],
    ['a value is ahead', '5', ['7'], '8'],
    ['the table is empty and the source new', '1', [], '1'],
    ['only negative values are there', '1', ['-5'], '1'],
  ])('hand out what is next when %s', async (_what, next, rows, expected) => {
    await withTarget(async (target, sql) => {
      const counted = planOf([table('a', [id()], { identity: { column: 'id', next } })])
      await begin(target, counted)
      if (rows.length > 0) await loadLines(target, counted, 0, rows)
      await target.setIdentity(counted, counted.tables[0]!, next)
      await target.setIdentity(counted, counted.tables[0]!, '1')
      expect(await sql('insert into a default values returning id')).toEqual([{ id: expected }])
      await target.setIdentity(counted, counted.tables[0]!, '1')
      expect(await sql('insert into a default values returning id')).toEqual([{ id: `${Number(expected) + 1}` }])
      expect(await target.count(counted, counted.tables[0]!, never)).toBe(rows.length + 2)
    }, version)
  })

  it.each([
    ['bigint', '9223372036854775808', '9223372036854775807'],
    ['smallint', '32768', '32767'],
    ['bigint', '1', '9223372036854775807'],
  ])('are exhausted in a %s when next is %s, as in the source', async (type, next, value) => {
    await withTarget(async (target, sql) => {
      const counted = planOf([table('a', [id('id', type)], { identity: { column: 'id', next } })])
      await begin(target, counted)
      await loadLines(target, counted, 0, [value])
      await target.setIdentity(counted, counted.tables[0]!, next)
      await expect(sql('insert into a default values')).rejects.toThrow(/reached maximum value/)
    }, version)
  })
})
