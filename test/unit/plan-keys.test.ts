import { describe, expect, test } from 'vitest'
import type { SourceColumn, SourceIndex } from '../../core/catalog.js'
import { chooseChunkKey, CHUNKABLE_TYPES } from '../../core/plan/chunk-key.js'
import { CHUNKABLE_TYPES as WRITTEN_TYPES } from '../../databases/mysql/range.js'
import { column, findingsOf, foreignKey, index, planOf, table } from '../support/catalog.js'

const full = (name: string, declared = 'int'): SourceColumn => column(name, declared, { nullable: false })
const id = full('id')
const PRIMARY = index('PRIMARY', ['id'])
const unique = (name: string, columns: string[]): SourceIndex => index(name, columns, { unique: true })

function collated(name: string, declared: string, collation: string): SourceColumn {
  const plain = full(name, declared)
  return { ...plain, type: { ...plain.type, collation } }
}

test('the planner and the adapter know the same types of boundaries', () => {
  expect(CHUNKABLE_TYPES.length).toBeGreaterThan(10)
  expect([...CHUNKABLE_TYPES].sort()).toEqual([...WRITTEN_TYPES].sort())
})

describe('the key that cuts a table', () => {
  const COLUMNS = [
    ...[full('a'), full('b', 'varchar(10)'), full('c', "enum('x')"), full('d', 'double'), full('e', 'bigint unsigned')],
    column('n', 'int'),
  ]
  const chosen = (...indexes: SourceIndex[]): string | null => {
    const key = chooseChunkKey(table('t', COLUMNS, { indexes }))
    return (
      key &&
      `${key.index} ${key.columns.map((c) => c.column + (c.descending ? '-' : '')).join('+')}${key.unique ? '' : '...'}`
    )
  }
  test.each<[string, SourceIndex[], string | null]>([
    ['the primary key', [index('PRIMARY', ['a'])], 'PRIMARY a'],
    ['a composite one, whole', [index('PRIMARY', ['a', 'b desc', 'e'])], 'PRIMARY a+b-+e'],
    ['before every unique key', [unique('u', ['e']), index('PRIMARY', ['a'])], 'PRIMARY a'],
    ['as far as its values can be boundaries', [index('PRIMARY', ['a', 'c', 'e'])], 'PRIMARY a...'],
    ['as far as it has whole columns', [index('PRIMARY', ['a', 'b(3)'])], 'PRIMARY a...'],
    [
      'a part of it before a whole unique key: rows lie in its order',
      [index('PRIMARY', ['a', 'c']), unique('u', ['e'])],
      'PRIMARY a...',
    ],
    ['else a unique key', [index('PRIMARY', ['c']), unique('u', ['e'])], 'u e'],
    ['a whole one before a part', [unique('u1', ['a', 'd']), unique('u2', ['e'])], 'u2 e'],
    ['the first of several', [unique('u1', ['a']), unique('u2', ['e'])], 'u1 a'],
    ['a part where there is nothing else', [unique('u1', ['a', 'd'])], 'u1 a...'],
    ['none that may hold NULL', [unique('u', ['n']), unique('u2', ['a', 'n'])], null],
    ['none of floats', [unique('u', ['d'])], null],
    ['none that the server takes no query by', [{ ...unique('u', ['e']), unusable: true }], null],
    ['none that is not unique', [index('i', ['a'])], null],
    [
      'none of expressions',
      [{ ...unique('u', []), columns: [{ column: null, expression: 'a+1', prefix: null, descending: false }] }],
      null,
    ],
    ['none that is a hash', [{ ...unique('u', ['a']), method: 'hash' }], null],
    ['none', [], null],
  ])('%s', (_what, indexes, key) => expect(chosen(...indexes)).toBe(key))

  test('has the character set and collation that boundaries are written in', () => {
    expect(chooseChunkKey(table('t', COLUMNS, { indexes: [index('PRIMARY', ['b'])] }))!.columns).toEqual([
      { column: 'b', type: 'varchar', charset: 'utf8mb4', collation: 'utf8mb4_bin', descending: false },
    ])
  })
  test('a table without one is told, with which of two reasons', () => {
    const bare = planOf([
      table('t', [column('a', 'int')]),
      table('u', [column('a', 'int')], { indexes: [unique('u', ['a'])] }),
    ])
    expect(findingsOf(bare)).toEqual(['info no-chunk-key t', 'info no-chunk-key u'])
    expect(bare.findings.map((f) => f.message.slice(0, 28))).toEqual([
      'the table has no primary key',
      'no unique key of NOT NULL co',
    ])
  })
})

describe('indexes', () => {
  const planned = (indexes: SourceIndex[], columns = [id, full('name', 'varchar(50)'), full('body', 'text')]) =>
    planOf([table('t', columns, { indexes: [PRIMARY, ...indexes] })])
  test('unique and plain, hash and btree, both directions', () => {
    const plan = planned([unique('u', ['name desc', 'id']), { ...index('h', ['name']), method: 'hash' }])
    expect(
      plan.tables[0]!.indexes.map((i) => [i.target, i.unique, i.columns.map((c) => `${c.column} ${c.descending}`)]),
    ).toEqual([
      ['t_u', true, ['name true', 'id false']],
      ['t_h', false, ['name false']],
    ])
    expect(plan.notCarried).toEqual([])
  })
  test.each<[SourceIndex, string, string]>([
    [{ ...index('f', ['body']), method: 'fulltext' }, 'tsvector', 'FULLTEXT KEY `f` (`body`)'],
    [{ ...index('s', ['body']), method: 'spatial' }, 'shapes', 'SPATIAL KEY `s` (`body`)'],
    [index('p', ['body(10)', 'id desc']), 'the first 10 characters of body', 'KEY `p` (`body`(10), `id` DESC)'],
    [unique('p', ['body(10)']), 'it holds only the first 10 characters of body unique', 'UNIQUE KEY `p` (`body`(10))'],
    [
      { ...index('e', []), columns: [{ column: null, expression: 'lower(`name`)', prefix: null, descending: false }] },
      'an expression',
      'KEY `e` ((lower(`name`)))',
    ],
  ])('%j stays behind', (one, reason, original) => {
    const [left] = planned([one]).notCarried
    expect(left).toMatchObject({ kind: 'index', name: one.name, table: 't', original })
    expect(left!.reason).toContain(reason)
  })
  test('an index on json, which has no order, stays behind', () => {
    const plan = planOf([table('t', [id, full('body', 'longtext')], { indexes: [PRIMARY, index('i', ['body'])] })], {
      casts: [{ column: 't.body', to: 'json' }],
    })
    expect(plan.notCarried.map((n) => n.kind)).toEqual(['index'])
  })
  test('a primary key on prefixes stays behind, and the table has none', () => {
    const plan = planOf([table('t', [full('body', 'text')], { indexes: [index('PRIMARY', ['body(10)'])] })])
    expect(plan.tables[0]).toMatchObject({ primaryKey: null, key: null })
    expect(plan.notCarried).toMatchObject([{ kind: 'index', name: 'PRIMARY', original: 'PRIMARY KEY (`body`(10))' }])
  })

  test.each([
    ['varchar(9)', 'utf8mb4_general_ci', ['info unique-is-weaker t.u']],
    ['varchar(9)', 'utf8mb4_0900_as_cs', ['info unique-is-weaker t.u']],
    ['varchar(9)', 'utf8mb4_bin', ['info unique-is-weaker t.u']],
    ['varchar(9)', 'utf8mb4_0900_bin', []],
    ['varchar(9)', 'utf8mb4_nopad_bin', []],
    ['char(9)', 'utf8mb4_bin', []],
    ["enum('a')", 'utf8mb4_general_ci', []],
  ])('a unique key of %s under %s: %j', (declared, collation, findings) => {
    expect(findingsOf(planned([unique('u', ['x'])], [id, collated('x', declared, collation)]))).toEqual(findings)
  })
  test('a unique key over dates that are replaced by one', () => {
    const plan = planOf([table('t', [id, full('d', 'date')], { indexes: [PRIMARY, unique('u', ['d'])] })], {
      casts: [{ type: 'date', on_zero_date: '1970-01-01' }],
    })
    expect(findingsOf(plan)).toEqual(['info unique-may-collide t.u'])
  })
})

describe('foreign keys', () => {
  const parent = table('parents', [id, full('code', 'varchar(9)'), full('a'), full('b')], {
    indexes: [PRIMARY, unique('u', ['a', 'b']), index('i', ['code'])],
  })
  const planned = (
    key: ReturnType<typeof foreignKey>,
    columns = [id, full('p'), full('q'), full('code', 'varchar(9)')],
  ) => planOf([parent, table('kids', columns, { indexes: [PRIMARY], foreignKeys: [key] })])
  const kept = (plan: ReturnType<typeof planOf>) => plan.tables.find((t) => t.source === 'kids')!.foreignKeys

  test('keep their rules', () => {
    const plan = planned(foreignKey('fk', 'p', 'parents.id', { onDelete: 'SET NULL', onUpdate: 'CASCADE' }))
    expect(kept(plan)).toMatchObject([{ target: 'fk', onDelete: 'SET NULL', onUpdate: 'CASCADE' }])
  })
  test('may lead to a unique key, in any order of its columns', () => {
    expect(kept(planned(foreignKey('fk', 'p,q', 'parents.b,a')))).toHaveLength(1)
  })
  test('may lead to their own table', () => {
    expect(kept(planned(foreignKey('fk', 'p', 'kids.id')))).toHaveLength(1)
  })
  test.each<[ReturnType<typeof foreignKey>, string]>([
    [foreignKey('fk', 'p', 'gone.id'), 'gone is not part of the plan'],
    [foreignKey('fk', 'p', 'parents.id', { referencedDatabase: 'other' }), 'it leads to another database, other'],
    [foreignKey('fk', 'code', 'parents.code'), 'PostgreSQL wants a unique key on exactly (code) of parents'],
    [foreignKey('fk', 'p', 'parents.a'), 'PostgreSQL wants a unique key on exactly (a) of parents'],
  ])('%j stays behind', (key, reason) => {
    const plan = planned(key)
    expect(kept(plan)).toEqual([])
    const left = plan.notCarried.find((n) => n.kind === 'foreign-key')!
    expect(left.reason).toContain(reason)
    expect(left.original).toMatch(
      /^FOREIGN KEY `fk` \(.*\) REFERENCES `(shop|other)`\.`\w+` \(.*\) ON UPDATE NO ACTION ON DELETE NO ACTION$/,
    )
  })
  test('that hold by a collation are told', () => {
    const loose = { ...parent, indexes: [PRIMARY, unique('u', ['code'])] }
    const kids = table('kids', [id, collated('code', 'varchar(9)', 'utf8mb4_general_ci')], {
      indexes: [PRIMARY],
      foreignKeys: [foreignKey('fk', 'code', 'parents.code')],
    })
    expect(findingsOf(planOf([loose, kids]))).toContain('info foreign-key-by-collation kids.fk')
  })
})
