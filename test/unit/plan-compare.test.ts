import { describe, expect, test } from 'vitest'
import type { SourceTable } from '../../core/catalog.js'
import { canonicalPlanJson } from '../../core/plan/canonical.js'
import { comparePlans } from '../../core/plan/compare.js'
import type { ProfileAnswer } from '../../core/plan/types.js'
import { column, foreignKey, index, planOf, table } from '../support/catalog.js'

const id = column('id', 'int', { nullable: false, autoIncrement: true })
const orders = (about: Partial<SourceTable> = {}): SourceTable =>
  table('orders', [id, column('flag', 'tinyint(1)'), column('day', 'date')], {
    indexes: [index('PRIMARY', ['id']), index('idx_day', ['day'])],
    foreignKeys: [foreignKey('fk', 'id', 'orders.id')],
    ...about,
  })
const items = table('items', [column('x', 'int')])
const flags = (largest: string): ProfileAnswer => ({
  table: 'orders',
  column: 'flag',
  ask: 'boolean',
  smallest: '0',
  largest,
})

describe('what the hash is made of', () => {
  const before = canonicalPlanJson(planOf([orders()], {}, [flags('1')]))
  test('not estimates, counters, what was seen, or the patch level of the server', () => {
    const tables = [orders({ estimatedRows: 5, estimatedBytes: 6, nextIdentity: '99' })]
    const server = { product: 'MariaDB', version: '10.11.7' }
    expect(canonicalPlanJson(planOf(tables, {}, [flags('0')], { server }))).toBe(before)
  })
  test.each([
    ['a decision', planOf([orders()], {}, [flags('2')])],
    ['a table', planOf([orders(), items], {}, [flags('1')])],
    ['a limit', planOf([orders()], { limits: { parallelism: 5 } }, [flags('1')])],
    ['a cast', planOf([orders()], { casts: [{ type: 'date', to: 'text' }] }, [flags('1')])],
    ['a comment', planOf([orders({ comment: 'new' })], {}, [flags('1')])],
    [
      'what is not carried',
      planOf([orders({ extras: [{ kind: 'check', name: 'c', table: 'orders', definition: 'x' }] })], {}, [flags('1')]),
    ],
  ])('but %s', (_what, plan) => expect(canonicalPlanJson(plan)).not.toBe(before))
  test('the order of keys does not matter, that of lists does', () => {
    const plan = planOf([orders(), items])
    const turned = Object.fromEntries(Object.entries(plan).reverse()) as unknown as typeof plan
    expect(canonicalPlanJson(turned)).toBe(canonicalPlanJson(plan))
    expect(canonicalPlanJson({ ...plan, tables: [...plan.tables].reverse() })).not.toBe(canonicalPlanJson(plan))
  })
  test('it is JSON', () => expect(JSON.parse(before)).toMatchObject({ format: 1, migration: 'shop' }))
})

describe('what apply shows', () => {
  const before = planOf([orders()], {}, [flags('1')])
  const changes = (after: ReturnType<typeof planOf>): string[] =>
    comparePlans(before, after).map((c) => `${c.change} ${c.subject}: ${c.before} > ${c.after}`)

  test('nothing for the same plan, whatever the estimates', () => {
    expect(changes(planOf([orders({ estimatedRows: 7, nextIdentity: '5' })], {}, [flags('0')]))).toEqual([])
  })
  test('a table that comes or goes is one line', () => {
    expect(changes(planOf([orders(), items], {}, [flags('1')]))).toEqual(['added table items: null > items'])
    expect(comparePlans(planOf([orders(), items], {}, [flags('1')]), before)).toEqual([
      { change: 'removed', subject: 'table items', before: 'items', after: null },
    ])
  })
  test('a table whose name begins like another that goes keeps its own changes', () => {
    const one = planOf([table('a', [column('x', 'int')]), table('a.b', [column('x', 'int')])])
    const two = planOf([table('a.b', [column('x', 'bigint')])])
    expect(comparePlans(one, two).map((c) => c.subject)).toEqual(['table a', 'column a.b.x'])
  })
  test.each<[string, ReturnType<typeof planOf>, string[]]>([
    [
      'a decision that the data changed',
      planOf([orders()], {}, [flags('2')]),
      [
        'changed column orders.flag: flag boolean from tinyint(1), as boolean > flag smallint from tinyint(1), as integer',
      ],
    ],
    [
      'limits',
      planOf([orders()], { limits: { parallelism: 8, chunk_bytes: '1MB' } }, [flags('1')]),
      ['changed limit parallelism: 4 > 8', 'changed limit chunk_bytes: 64MB > 1MB'],
    ],
    [
      'a schema',
      planOf([orders()], { target: { connection: 'shop-pg', schema: 'app' } }, [flags('1')]),
      ['changed schema: public > app'],
    ],
    [
      'a policy of zero dates',
      planOf([orders()], { casts: [{ type: 'date', on_zero_date: '-infinity' }] }, [flags('1')]),
      [
        'changed column orders.day: day date from date, as date, zero dates {"do":"refuse"} > ' +
          'day date from date, as date, zero dates {"do":"literal","value":"-infinity"}',
      ],
    ],
    [
      'an index that goes, a key that changes, a comment',
      planOf(
        [
          orders({
            indexes: [index('PRIMARY', ['id'])],
            foreignKeys: [foreignKey('fk', 'id', 'orders.id', { onDelete: 'CASCADE' })],
            comment: 'x',
          }),
        ],
        {},
        [flags('1')],
      ),
      [
        'changed table orders: orders > orders, comment "x"',
        'removed index orders.idx_day: orders_idx_day (day) > null',
        'changed foreign key orders.fk: fk (id) to orders (id), on update NO ACTION, on delete NO ACTION > ' +
          'fk (id) to orders (id), on update NO ACTION, on delete CASCADE',
      ],
    ],
    [
      'what is no longer carried',
      planOf([orders()], {}, [flags('1')], {
        others: [{ kind: 'view', name: 'v', table: null, definition: 'CREATE VIEW' }],
      }),
      ['added not carried: view v: null > CREATE VIEW'],
    ],
  ])('%s', (_what, after, lines) => expect(changes(after)).toEqual(lines))
})
