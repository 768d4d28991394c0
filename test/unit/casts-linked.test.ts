import { describe, expect, test } from 'vitest'
import type { ProfileAnswer } from '../../core/plan/types.js'
import { column, findingsOf, foreignKey, index, planOf, table } from '../support/catalog.js'

/** `orders.customer` refers to `customers.id`, and both have these types. */
function linked(from: string, to: string, about: { casts?: unknown[]; answers?: ProfileAnswer[] } = {}) {
  const plan = planOf(
    [
      table('customers', [column('id', to)], { indexes: [index('PRIMARY', ['id'])] }),
      table('orders', [column('customer', from)], { foreignKeys: [foreignKey('fk', 'customer', 'customers.id')] }),
    ],
    about.casts ? { casts: about.casts } : {},
    about.answers ?? [],
  )
  const types = plan.tables.map((t) => t.columns[0]!.cast.to)
  return { plan, types, findings: findingsOf(plan).filter((f) => / (linked-|cast-)/.test(f)) }
}

const seen = (tableName: string, name: string, ask: ProfileAnswer['ask'], largest: string): ProfileAnswer => ({
  ...{ table: tableName, column: name, ask, smallest: '0', largest },
})

const BEYOND = '9223372036854775808'

describe('columns that a foreign key links have one type', () => {
  test('that is silent where they have it anyway', () => {
    expect(linked('int(11)', 'int(11)')).toMatchObject({ types: ['integer', 'integer'], findings: [] })
    expect(linked('varchar(20)', 'varchar(10)')).toMatchObject({ types: ['varchar(10)', 'varchar(20)'], findings: [] })
  })
  test('numeric(20,0) where one of them needs it', () => {
    const answers = [seen('customers', 'id', 'fits-bigint', BEYOND), seen('orders', 'customer', 'fits-bigint', '5')]
    expect(linked('bigint unsigned', 'bigint unsigned', { answers })).toMatchObject({
      types: ['numeric(20,0)', 'numeric(20,0)'],
      findings: ['info linked-type orders.customer'],
    })
  })
  test('boolean only where all of them are', () => {
    const parts = (largest: string) => {
      const plan = planOf(
        [
          table('a', [column('x', 'tinyint(1)'), column('n', 'int')], { indexes: [index('PRIMARY', ['x', 'n'])] }),
          table('b', [column('x', 'tinyint(1)'), column('n', 'int')], {
            foreignKeys: [foreignKey('fk', 'x,n', 'a.x,n')],
          }),
        ],
        {},
        [seen('a', 'x', 'boolean', largest), seen('b', 'x', 'boolean', '1')],
      )
      return plan.tables.map((t) => t.columns[0]!.cast.to)
    }
    expect(parts('1')).toEqual(['boolean', 'boolean'])
    expect(parts('2')).toEqual(['smallint', 'smallint'])
  })
  test('interval where one of them passes a day', () => {
    const answers: ProfileAnswer[] = [
      { table: 'orders', column: 'customer', ask: 'within-a-day', smallest: '00:00:00', largest: '30:00:00' },
    ]
    expect(linked('time', 'time', { answers }).types).toEqual(['interval', 'interval'])
  })
})

describe('rules', () => {
  test('a type that one of them was given is the type of all', () => {
    const { plan, types, findings } = linked('char(36)', 'char(36)', {
      casts: [{ column: 'customers.id', to: 'uuid' }],
    })
    expect(types).toEqual(['uuid', 'uuid'])
    expect(findings).toEqual(['info linked-type orders.customer'])
    expect(plan.tables[1]!.columns[0]!.cast).toMatchObject({ rule: 'casts[0]', encoding: { as: 'uuid' } })
  })
  test('of several types the widest, and whose rule was not followed is told', () => {
    const casts = [
      { column: 'customers.id', to: 'bigint' },
      { column: 'orders.customer', to: 'integer' },
    ]
    expect(linked('int', 'int', { casts })).toMatchObject({
      types: ['bigint', 'bigint'],
      findings: ['warning linked-type orders.customer'],
    })
  })
  test('types without common ground block', () => {
    const casts = [
      { column: 'customers.id', to: 'uuid' },
      { column: 'orders.customer', to: 'inet' },
    ]
    expect(linked('char(36)', 'char(36)', { casts }).findings).toEqual(['blocking linked-types-differ customers.id'])
  })
  test('a type that the other column cannot have blocks, and says why', () => {
    const { plan, findings } = linked('char(20)', 'char(36)', { casts: [{ column: 'customers.id', to: 'uuid' }] })
    expect(findings).toEqual(['blocking linked-types-differ customers.id'])
    expect(plan.findings.find((f) => f.name === 'linked-types-differ')!.remedy).toContain('at least 32 characters')
  })
})

describe('enums', () => {
  test('with the same labels share one type, of the table that is made first', () => {
    const { plan, types } = linked("enum('a','b')", "enum('a','b')")
    expect(types).toEqual(['"public"."customers_id"', '"public"."customers_id"'])
    expect(plan.tables.map((t) => t.enums.map((e) => e.name))).toEqual([['customers_id'], []])
  })
  test('the first table owns it even where it is the one that refers', () => {
    const plan = planOf([
      table('a', [column('x', "enum('p')")], { foreignKeys: [foreignKey('fk', 'x', 'b.x')] }),
      table('b', [column('x', "enum('p')")], { indexes: [index('PRIMARY', ['x'])] }),
    ])
    expect(plan.tables.map((t) => t.enums.map((e) => e.name))).toEqual([['a_x'], []])
  })
  test('with other labels become text, each with its check', () => {
    const { plan, types } = linked("enum('a','b')", "enum('a','b','c')")
    expect(types).toEqual(['text', 'text'])
    expect(plan.tables.map((t) => t.checks.map((c) => c.expression))).toEqual([
      [`"id" = ANY (ARRAY['a', 'b', 'c']::text[])`],
      [`"customer" = ANY (ARRAY['a', 'b']::text[])`],
    ])
    expect(plan.tables.every((t) => t.enums.length === 0)).toBe(true)
  })
})

test('links go through several tables', () => {
  const id = (name: string) => column(name, 'bigint unsigned')
  const plan = planOf(
    [
      table('a', [id('x')], { indexes: [index('PRIMARY', ['x'])] }),
      table('b', [id('x')], { indexes: [index('PRIMARY', ['x'])], foreignKeys: [foreignKey('f', 'x', 'a.x')] }),
      table('c', [id('x')], { foreignKeys: [foreignKey('f', 'x', 'b.x')] }),
      table('d', [id('x')]),
    ],
    {},
    [seen('c', 'x', 'fits-bigint', BEYOND)],
  )
  expect(plan.tables.map((t) => t.columns[0]!.cast.to)).toEqual([
    'numeric(20,0)',
    'numeric(20,0)',
    'numeric(20,0)',
    'bigint',
  ])
})

test('a key to a table outside the plan, or in another spelling, is understood', () => {
  const plan = planOf(
    [
      table('Customers', [column('ID', 'char(36)')], { indexes: [index('PRIMARY', ['ID'])] }),
      table('orders', [column('customer', 'char(36)'), column('other', 'int')], {
        foreignKeys: [foreignKey('fk', 'CUSTOMER', 'customers.id'), foreignKey('fk2', 'other', 'gone.id')],
      }),
    ],
    { casts: [{ column: 'customers.id', to: 'uuid' }] },
  )
  expect(plan.tables[1]!.columns[0]!.cast.to).toBe('uuid')
  expect(plan.tables[1]!.foreignKeys.map((key) => key.referencedTable)).toEqual(['customers'])
})
