import { describe, expect, test } from 'vitest'
import type { SourceColumn } from '../../core/catalog.js'
import { planTotals } from '../../core/plan/totals.js'
import { catalog, column, config, findingsOf, foreignKey, index, planOf, table } from '../support/catalog.js'
import { isTaken } from '../../core/plan/select-tables.js'

const id = (about: Partial<SourceColumn> = {}): SourceColumn => column('id', 'int(11)', { nullable: false, ...about })
const PRIMARY = index('PRIMARY', ['id'])

test('a whole table is carried', () => {
  const plan = planOf([
    table(
      'Orders',
      [
        id({ autoIncrement: true, comment: 'the number' }),
        column('Customer', 'int(11)', { nullable: false }),
        column('state', "enum('new','paid')", { nullable: false, default: { is: 'constant', text: 'new' } }),
      ],
      {
        comment: "what people's carts became",
        indexes: [PRIMARY, index('idx_c', ['Customer', 'id desc'], { comment: 'by customer' })],
        foreignKeys: [foreignKey('fk_c', 'Customer', 'Orders.id', { onDelete: 'CASCADE' })],
        nextIdentity: '42',
        estimatedRows: 10,
        estimatedBytes: 16384,
      },
    ),
  ])
  expect(plan.tables[0]).toEqual({
    ordinal: 0,
    source: 'Orders',
    target: 'orders',
    comment: "what people's carts became",
    columns: [
      {
        ...{ source: 'id', target: 'id', notNull: true, default: null, comment: 'the number' },
        cast: { rule: 'house', from: 'int(11)', to: 'integer', encoding: { as: 'integer' } },
      },
      {
        ...{ source: 'Customer', target: 'customer', notNull: true, default: null, comment: '' },
        cast: { rule: 'house', from: 'int(11)', to: 'integer', encoding: { as: 'integer' } },
      },
      {
        ...{ source: 'state', target: 'state', notNull: true, default: "'new'", comment: '' },
        cast: {
          ...{ rule: 'house', from: "enum('new','paid')", to: '"public"."orders_state"' },
          encoding: { as: 'enum', labels: ['new', 'paid'], charset: 'utf8mb4' },
        },
      },
    ],
    key: {
      index: 'PRIMARY',
      columns: [{ column: 'id', type: 'int', charset: null, collation: null, descending: false }],
      unique: true,
    },
    primaryKey: {
      ...{ source: 'PRIMARY', target: 'orders_pkey', unique: true, comment: '' },
      columns: [{ column: 'id', descending: false }],
    },
    indexes: [
      {
        ...{ source: 'idx_c', target: 'orders_idx_c', unique: false, comment: 'by customer' },
        columns: [
          { column: 'customer', descending: false },
          { column: 'id', descending: true },
        ],
      },
    ],
    foreignKeys: [
      {
        ...{
          source: 'fk_c',
          target: 'fk_c',
          columns: ['customer'],
          referencedTable: 'orders',
          referencedColumns: ['id'],
        },
        ...{ onUpdate: 'NO ACTION', onDelete: 'CASCADE' },
      },
    ],
    enums: [{ name: 'orders_state', labels: ['new', 'paid'] }],
    checks: [],
    identity: { column: 'id', next: '42' },
    estimatedRows: 10,
    estimatedBytes: 16384,
  })
  expect(plan).toMatchObject({
    format: 1,
    migration: 'shop',
    source: { connection: 'shop-mysql', database: 'shop', product: 'MariaDB', version: '10.11.6' },
    target: { connection: 'shop-pg', database: null, schema: 'public' },
    limits: { parallelism: 4, chunkBytes: 67108864 },
    notCarried: [],
    findings: [],
  })
})

describe('which tables', () => {
  const names = ['orders', 'Orders', 'tmp_a', 'tmp_b', 'sessions'].map((name) =>
    table(name, [id()], { indexes: [PRIMARY] }),
  )
  const taken = (tables: Record<string, string[]>): string[] => planOf(names, { tables }).tables.map((t) => t.source)
  test.each<[Record<string, string[]>, string[]]>([
    [{ exclude: ['Orders'] }, ['orders', 'sessions', 'tmp_a', 'tmp_b']],
    [{ include: ['orders'] }, ['orders']],
    [{ include: ['/^tmp_/'] }, ['tmp_a', 'tmp_b']],
    [{ include: ['/^ORDERS$/i'] }, ['Orders', 'orders']],
    [{ include: ['*'], exclude: ['/./', 'sessions'] }, []],
    [{ include: ['orders', 'sessions'], exclude: ['sessions'] }, ['orders']],
  ])('%j', (tables, expected) => expect(taken(tables)).toEqual(expected))

  test.each<[Record<string, string[]>, string, string]>([
    [{ include: ['order'] }, 'tables.include', 'did you mean orders?'],
    [{ exclude: ['/^temp_/'] }, 'tables.exclude', 'mend the name or take it out'],
    [{ exclude: ['ORDERS'] }, 'tables.exclude', 'did you mean orders?'],
  ])('%j matches nothing, which blocks', (tables, subject, remedy) => {
    const found = planOf(names, { tables }).findings.find((f) => f.name === 'table-list-matches-nothing')
    expect(found).toMatchObject({ severity: 'blocking', subject })
    expect(found!.remedy).toContain(remedy)
  })
  test('a view that is asked for as a table is told so', () => {
    const others = [{ kind: 'view', name: 'v_revenue', table: null, definition: '' }] as const
    const plan = planOf(names, { tables: { include: ['orders', 'v_revenue'] } }, [], { others })
    expect(plan.findings.map((f) => f.message)).toContain('v_revenue is a view, and views are not taken as tables yet')
  })
  test('no table at all blocks, and tells the two reasons apart', () => {
    expect(findingsOf(planOf([]))).toEqual(['blocking no-tables shop'])
    expect(planOf([]).findings[0]!.message).toContain('the account may not see them')
    expect(planOf(names, { tables: { include: ['/./'], exclude: ['/./'] } }).findings[0]!.message).toContain(
      'leave none',
    )
  })
  test('the order is that of the names, and ordinals count it', () => {
    const plan = planOf(['b', 'a', 'C'].map((name) => table(name, [id()], { indexes: [PRIMARY] })))
    expect(plan.tables.map((t) => [t.ordinal, t.source])).toEqual([
      [0, 'C'],
      [1, 'a'],
      [2, 'b'],
    ])
  })
  test('an exclude wins over an include', () => {
    expect(isTaken('a', config({ tables: { include: ['a'], exclude: ['/^a/'] } }).tables)).toBe(false)
  })
})

describe('rules that speak of nothing', () => {
  const tables = [table('orders', [id(), column('flags', 'tinyint(1)')], { indexes: [PRIMARY] })]
  test.each([
    [{ column: 'orders.flag', to: 'text' }, 'did you mean orders.flags?'],
    [{ type: 'tinyint(2)', to: 'text' }, 'did you mean tinyint(1)?'],
    [{ type: 'datetme', to: 'text' }, 'did you mean datetime?'],
    [{ type: 'int unsigned', to: 'text' }, 'int is not int unsigned'],
    [{ type: 'whatever', to: 'text' }, 'write the type as the source declares it'],
    [{ column: 'x.y', to: 'text' }, 'write table.column of a table that is included'],
  ])('%j blocks: %s', (rule, remedy) => {
    const found = planOf(tables, { casts: [rule] }).findings.find((f) => f.name === 'cast-matches-nothing')
    expect(found).toMatchObject({ severity: 'blocking', subject: 'casts[0]' })
    expect(found!.remedy).toContain(remedy)
  })
  test('a rule that others take everything from is a warning', () => {
    const casts = [
      { type: 'tinyint', to: 'smallint' },
      { column: 'orders.flags', to: 'text' },
    ]
    expect(findingsOf(planOf(tables, { casts }))).toEqual(['warning cast-shadowed casts[1]'])
  })
})

describe('identity columns', () => {
  const counted = (declared: string, nextIdentity: string | null, written: Record<string, unknown> = {}) =>
    planOf(
      [
        table('t', [column('id', declared, { nullable: false, autoIncrement: true })], {
          indexes: [PRIMARY],
          nextIdentity,
        }),
      ],
      written,
    )
  test.each([
    ['tinyint(1)', '5', { column: 'id', next: '5' }],
    ['int unsigned', '4294967296', { column: 'id', next: '4294967296' }],
    ['bigint unsigned', '9223372036854775807', { column: 'id', next: '9223372036854775807' }],
    ['int', null, { column: 'id', next: '1' }],
  ])('%s at %s', (declared, next, identity) => expect(counted(declared, next).tables[0]!.identity).toEqual(identity))
  test('numeric cannot be one, and the counter is said to stay behind', () => {
    const plan = counted('bigint unsigned', '9223372036854775808')
    expect(plan.tables[0]!.identity).toBeNull()
    expect(plan.tables[0]!.columns[0]!.cast.to).toBe('numeric(20,0)')
    expect(findingsOf(plan)).toContain('warning identity-impossible t.id')
    expect(plan.notCarried).toMatchObject([{ kind: 'identity', name: 'id', original: 'AUTO_INCREMENT' }])
  })
  test('a counter beyond its type blocks, because no row could ever be added', () => {
    expect(findingsOf(counted('int', '2147483648'))).toEqual(['blocking identity-exhausted t.id'])
    expect(findingsOf(counted('int', '2147483648', { casts: [{ column: 't.id', to: 'bigint' }] }))).toEqual([])
  })
})

test('sets get a check, and long labels too', () => {
  const plan = planOf([table('T', [column('Tags', "set('a','it''s')"), column('long', `enum('${'x'.repeat(64)}')`)])])
  expect(plan.tables[0]!.checks).toEqual([
    { name: 't_tags_check', expression: `"tags" <@ ARRAY['a', 'it''s']::text[]` },
    { name: 't_long_check', expression: `"long" = ANY (ARRAY['${'x'.repeat(64)}']::text[])` },
  ])
})

test('what cannot be done never stops the plan from being made', () => {
  const plan = planOf([table('t', [column('odd', 'xmltype'), column('xmin', 'int'), column('ctid', 'point')])], {
    tables: { exclude: ['nothing'] },
    casts: [{ column: 't.xmin', to: 'date' }],
  })
  expect(
    findingsOf(plan)
      .filter((f) => f.startsWith('blocking'))
      .sort(),
  ).toEqual([
    'blocking cast-impossible t.xmin',
    'blocking name-of-the-system t.ctid',
    'blocking name-of-the-system t.xmin',
    'blocking table-list-matches-nothing tables.exclude',
    'blocking type-unknown t.odd',
  ])
})

test('every finding says what to do, and every reason is there', () => {
  const plan = planOf([table('t', [column('odd', 'xmltype'), column('p', 'point')]), table('T', [])])
  expect(plan.findings.length).toBeGreaterThan(3)
  for (const finding of plan.findings) expect([finding.message, finding.remedy]).not.toContain('')
})

test('totals add up the estimates', () => {
  const sized = (name: string, rows: number, bytes: number) =>
    table(name, [id()], { indexes: [PRIMARY], estimatedRows: rows, estimatedBytes: bytes })
  expect(planTotals(planOf([sized('a', 1, 10), sized('b', 2, 20)]))).toEqual({ tables: 2, rows: 3, bytes: 30 })
})

test('the same catalog gives the same plan, in whatever order its tables come', () => {
  const tables = ['c', 'a', 'b'].map((name) => table(name, [id()], { indexes: [PRIMARY, index('i', ['id'])] }))
  expect(planOf([...tables].reverse())).toEqual(planOf(tables))
  expect(catalog(tables).tables.map((t) => t.name)).toEqual(['c', 'a', 'b'])
})
