import { describe, expect, test } from 'vitest'
import { fitName, indexName, NameSpace, sequenceName, targetName } from '../../core/names-of-objects.js'
import { clipUtf8, editDistance, nearest, shortHash, utf8Length } from '../../core/text.js'
import { column, findingsOf, foreignKey, index, planOf, table } from '../support/catalog.js'

const id = column('id', 'int', { nullable: false })
const PRIMARY = index('PRIMARY', ['id'])

describe('texts', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ])('%j has as many bytes as in UTF-8', (text, bytes) => {
    expect(utf8Length(text)).toBe(bytes)
    expect(utf8Length(text)).toBe(Buffer.byteLength(text))
  })
  test.each([
    ['abcdef', 3, 'abc'],
    ['aéb', 2, 'a'],
    ['aéb', 3, 'aé'],
    ['😀😀', 7, '😀'],
    ['abc', 9, 'abc'],
  ])('%j cut to %d bytes keeps whole characters', (text, bytes, cut) => expect(clipUtf8(text, bytes)).toBe(cut))
  // FNV's own test vectors: names that outlive a deploy hang on this.
  test.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('the hash of %j is %s for ever', (text, hash) => expect(shortHash(text)).toBe(hash))
  test.each([
    ['kitten', 'sitting', 3],
    ['exclude', 'exlcude', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('%s is far from %s by %d', (a, b, distance) => expect(editDistance(a, b)).toBe(distance))
  test('nothing is suggested where nothing is near', () => {
    expect(nearest('zzz', ['include', 'exclude'])).toBeNull()
    expect(nearest('inclde', ['include', 'exclude'])).toBe('include')
  })
})

describe('names', () => {
  const long = 'x'.repeat(64)
  test.each([
    ['Orders', 'orders'],
    ['ÄÖ', 'äö'],
    ['x'.repeat(63), 'x'.repeat(63)],
    [long, `${'x'.repeat(54)}_${shortHash(long)}`],
  ])('%s becomes %s', (source, target) => expect(targetName(source)).toBe(target))
  test('names of 64 characters that differ at the end stay apart', () => {
    expect(fitName(`${'x'.repeat(63)}a`)).not.toBe(fitName(`${'x'.repeat(63)}b`))
  })
  test('no name is longer than 63 bytes', () => {
    expect(utf8Length(fitName('é'.repeat(64)))).toBeLessThanOrEqual(63)
    expect(utf8Length(sequenceName('é'.repeat(30), 'ü'.repeat(30)))).toBeLessThanOrEqual(63)
  })
  test.each([
    ['orders', 'idx', 'orders_idx'],
    ['orders', 'orders_customer', 'orders_customer'],
    ['orders', 'OrdersIdx', 'orders_ordersidx'],
  ])('index %s of %s', (owner, name, target) => expect(indexName(owner, name)).toBe(target))
  test('a taken name gets the same end every time', () => {
    const claimed = (): string[] => {
      const space = new NameSpace()
      return ['a', 'b', 'a'].map((owner) => space.claim('name', owner))
    }
    expect(claimed()).toEqual(claimed())
    expect(new Set(claimed()).size).toBe(3)
    expect(claimed()[0]).toBe('name')
  })
})

describe('one name space for tables, types, indexes and sequences', () => {
  test('two tables that differ in case block', () => {
    expect(
      findingsOf(
        planOf([table('Orders', [id], { indexes: [PRIMARY] }), table('orders', [id], { indexes: [PRIMARY] })]),
      ),
    ).toEqual(['blocking names-collide orders'])
  })
  test('two columns that differ in case block', () => {
    const plan = planOf([table('t', [id, column('ÄRA', 'int'), column('ära', 'int')], { indexes: [PRIMARY] })])
    expect(findingsOf(plan)).toEqual(['blocking names-collide t.ära'])
  })
  test('an index, a type and a key step aside for tables', () => {
    const plan = planOf([
      table('a', [id, column('b', "enum('x')")], { indexes: [PRIMARY, index('c', ['b'])] }),
      ...['a_b', 'a_c', 'a_pkey'].map((name) => table(name, [id], { indexes: [PRIMARY] })),
    ])
    const first = plan.tables[0]!
    const chosen = [first.enums[0]!.name, first.indexes[0]!.target, first.primaryKey!.target]
    for (const [i, plain] of ['a_b', 'a_c', 'a_pkey'].entries())
      expect(chosen[i]).toMatch(new RegExp(`^${plain}_[0-9a-f]{8}$`))
    expect(first.columns[1]!.cast.to).toBe(`"public"."${chosen[0]}"`)
    expect(findingsOf(plan)).toEqual([])
  })
  test('the same index name on two tables is no collision', () => {
    const plan = planOf(['a', 'b'].map((name) => table(name, [id], { indexes: [PRIMARY, index('i', ['id'])] })))
    expect(plan.tables.map((t) => t.indexes[0]!.target)).toEqual(['a_i', 'b_i'])
  })
  test('everything that a plan names is unique', () => {
    const long = (end: string): string => 'very_long_name_'.repeat(4) + end
    const plan = planOf(
      ['a', 'b', 'c'].map((end) =>
        table(
          long(end),
          [column('id', 'int', { autoIncrement: true, nullable: false }), column(long('e'), "enum('x')")],
          {
            indexes: [PRIMARY, index(long('1'), ['id']), index(long('2'), ['id'])],
          },
        ),
      ),
    )
    const names = plan.tables.flatMap((t) => [
      ...[t.target, t.primaryKey!.target, ...t.indexes.map((i) => i.target), ...t.enums.map((e) => e.name)],
    ])
    expect(names).toHaveLength(15)
    expect(new Set(names).size).toBe(15)
    expect(Math.max(...names.map(utf8Length))).toBeLessThanOrEqual(63)
  })
  test('the sequence of a counter keeps its usual name', () => {
    const plan = planOf([
      table('a', [column('id', 'int', { autoIncrement: true, nullable: false })], {
        indexes: [PRIMARY, index('a_id_seq', ['id'])],
      }),
    ])
    expect(plan.tables[0]!.indexes[0]!.target).toMatch(/^a_id_seq_[0-9a-f]{8}$/)
  })
  test('a foreign key steps aside for the other constraints of its table', () => {
    const plan = planOf([
      table('t', [id, column('s', "set('a')")], {
        indexes: [PRIMARY],
        foreignKeys: [
          foreignKey('t_pkey', 'id', 't.id'),
          foreignKey('T_S_CHECK', 'id', 't.id'),
          foreignKey('f', 'id', 't.id'),
        ],
      }),
    ])
    const names = plan.tables[0]!.foreignKeys.map((key) => key.target)
    expect(names[0]).toMatch(/^t_pkey_fkey_[0-9a-f]{8}$/)
    expect(names[1]).toMatch(/^t_s_check_fkey_[0-9a-f]{8}$/)
    expect(names[2]).toBe('f')
  })
})

test.each(['xmin', 'CTID', 'tableoid'])("a column %s is PostgreSQL's own, and blocks", (name) => {
  expect(findingsOf(planOf([table('t', [id, column(name, 'int')], { indexes: [PRIMARY] })]))).toEqual([
    `blocking name-of-the-system t.${name}`,
  ])
})

test('a name that is cut is told', () => {
  const plan = planOf([table('é'.repeat(40), [id], { indexes: [PRIMARY] })])
  expect(findingsOf(plan)).toEqual([`warning name-cut ${'é'.repeat(40)}`])
  expect(plan.findings[0]!.message).toContain(plan.tables[0]!.target)
})

test('more than 1,600 columns block', () => {
  const many = Array.from({ length: 1601 }, (_, i) => column(`c${i}`, 'int'))
  expect(findingsOf(planOf([table('t', [id, ...many], { indexes: [PRIMARY] })]))).toEqual([
    'blocking too-many-columns t',
  ])
})
