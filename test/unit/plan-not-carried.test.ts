import { describe, expect, test } from 'vitest'
import type { SourceColumn } from '../../core/catalog.js'
import { column, findingsOf, index, planOf, table } from '../support/catalog.js'

const id = (): SourceColumn => column('id', 'int(11)', { nullable: false })
const PRIMARY = index('PRIMARY', ['id'])

describe('NOT NULL', () => {
  const rule = { casts: [{ type: 'date', on_zero_date: 'null' }] }
  const day = column('day', 'date', { nullable: false })
  test('goes where zero dates become NULL, and that is said twice', () => {
    const plan = planOf([table('t', [id(), day], { indexes: [PRIMARY] })], rule)
    expect(plan.tables[0]!.columns[1]!.notNull).toBe(false)
    expect(findingsOf(plan)).toEqual(['warning not-null-lost t.day'])
    expect(plan.notCarried).toMatchObject([{ kind: 'not-null', name: 'day', table: 't', original: 'NOT NULL' }])
  })
  test('cannot go in a primary key', () => {
    const plan = planOf([table('t', [day], { indexes: [index('PRIMARY', ['day'])] })], rule)
    expect(findingsOf(plan)).toContain('blocking zero-date-in-key t.day')
  })
  test('stays under every other policy', () => {
    const plan = planOf([table('t', [day])], { casts: [{ type: 'date', on_zero_date: '-infinity' }] })
    expect(plan.tables[0]!.columns[0]!.notNull).toBe(true)
  })
})

describe('what is not carried stands in the plan with its text', () => {
  test('parts of columns', () => {
    const plan = planOf([
      table('t', [
        column('g', 'int', { nullable: false, generated: { expression: '`a` + 1', stored: false } }),
        column('u', 'char(36)', { default: { is: 'expression', original: 'uuid()' } }),
        column('m', 'timestamp', { onUpdate: 'current_timestamp()', default: { is: 'now', precision: 0 } }),
      ]),
    ])
    expect(plan.notCarried).toEqual([
      {
        ...{ kind: 'generated', name: 'g', table: 't', original: '(`a` + 1) VIRTUAL' },
        reason: 'its values are carried as they are, new rows have none; the expression is not translated yet',
      },
      {
        ...{ kind: 'default', name: 'u', table: 't', original: 'uuid()' },
        reason: 'expressions of the source are not translated yet',
      },
      {
        ...{ kind: 'on-update', name: 'm', table: 't', original: 'ON UPDATE current_timestamp()' },
        reason: 'an update does not set it yet',
      },
    ])
    // Nothing fills it in the target, so an insert must be able to leave it out.
    expect(plan.tables[0]!.columns[0]!.notNull).toBe(false)
  })
  test('objects beside tables, those of left tables not', () => {
    const others = [
      { kind: 'view', name: 'v', table: null, definition: 'CREATE VIEW v' },
      { kind: 'trigger', name: 'tr', table: 't', definition: 'CREATE TRIGGER tr' },
      { kind: 'trigger', name: 'tr2', table: 'gone', definition: 'CREATE TRIGGER tr2' },
      { kind: 'routine', name: 'r', table: null, definition: '' },
      { kind: 'event', name: 'e', table: null, definition: 'CREATE EVENT e' },
      { kind: 'sequence', name: 's', table: null, definition: 'CREATE SEQUENCE s' },
    ] as const
    const extras = [
      { kind: 'check', name: 'chk', table: 't', definition: 'CHECK (a > 0)' },
      { kind: 'partitioning', name: 't', table: 't', definition: 'PARTITION BY HASH (a)' },
    ] as const
    const tables = [table('t', [id()], { indexes: [PRIMARY], extras }), table('gone', [id()])]
    const plan = planOf(tables, { tables: { exclude: ['gone'] } }, [], { others })
    expect(plan.notCarried.map((n) => [n.kind, n.name, n.original])).toEqual([
      ['view', 'v', 'CREATE VIEW v'],
      ['trigger', 'tr', 'CREATE TRIGGER tr'],
      ['routine', 'r', '(the account may not see its text)'],
      ['event', 'e', 'CREATE EVENT e'],
      ['sequence', 's', 'CREATE SEQUENCE s'],
      ['check', 'chk', 'CHECK (a > 0)'],
      ['partitioning', 't', 'PARTITION BY HASH (a)'],
    ])
    expect(plan.notCarried.every((n) => n.reason !== '')).toBe(true)
  })
  test('a table that the source cannot open blocks, unless it is excluded', () => {
    const others = [{ kind: 'table', name: 'broken', table: null, definition: 'Table is crashed' }] as const
    const whole = table('t', [id()], { indexes: [PRIMARY] })
    expect(findingsOf(planOf([whole], {}, [], { others }))).toEqual(['blocking table-unreadable broken'])
  })
  test('collations, once each with their columns counted', () => {
    const loose = (name: string): SourceColumn => {
      const plain = column(name, 'varchar(10)')
      return { ...plain, type: { ...plain.type, collation: 'utf8mb4_general_ci' } }
    }
    const plan = planOf([table('t', [id(), loose('a'), loose('b'), column('c', 'text')], { indexes: [PRIMARY] })])
    expect(plan.notCarried.map((n) => [n.kind, n.name, n.reason.slice(0, 9)])).toEqual([
      ['collation', 'utf8mb4_general_ci', '2 columns'],
    ])
  })
})

test('a comment leaves its NUL bytes behind, which would break the statement and be tried for ever', () => {
  const marked = { comment: 'x\0y' }
  const plan = planOf([
    table('t', [{ ...id(), ...marked }], { ...marked, indexes: [PRIMARY, index('k', ['id'], marked)] }),
  ])
  const [planned] = plan.tables
  expect([planned!.comment, planned!.columns[0]!.comment, planned!.indexes[0]!.comment]).toEqual(['xy', 'xy', 'xy'])
  expect(plan.notCarried.map(({ kind, name, original }) => `${kind} ${name} ${original}`).sort()).toEqual([
    'comment id x\0y',
    'comment k x\0y',
    'comment t x\0y',
  ])
})
