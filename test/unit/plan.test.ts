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
