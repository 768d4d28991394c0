import { describe, expect, test } from 'vitest'
import { readGrants } from '../../databases/mysql/grants.js'
import type { TextRow } from '../../databases/mysql/query.js'
import { lockFor, locksOf } from '../../databases/mysql/snapshot-lock.js'
import { hasLongQuery, hasLongWrite, statementsOf, wantedTables } from '../../databases/mysql/snapshot-watch.js'
import { readVersion } from '../../databases/mysql/server.js'

const waits = (info: string, db: string | null = 'shop'): TextRow => ({
  id: '7',
  db,
  command: 'Query',
  time: '1',
  state: 'Waiting for table metadata lock',
  info,
})

const TABLES = ['orders', 'customers', 'order items', 'a$b']

describe('a table is wanted by', () => {
  test.each<[string, string[]]>([
    ['ALTER TABLE orders ADD COLUMN customers int', ['orders']],
    ['alter table `shop`.`orders` add x int', ['orders']],
    ['/* tool */ ALTER ONLINE TABLE IF EXISTS orders DROP x', ['orders']],
    ['TRUNCATE orders', ['orders']],
    ['CREATE INDEX customers ON orders (id)', ['orders']],
    ['CREATE TRIGGER t BEFORE INSERT ON customers FOR EACH ROW SET @orders = 1', ['customers']],
    ['RENAME TABLE orders TO orders_old, orders_new TO orders', ['orders']],
    ['DROP TABLE customers, orders', ['customers', 'orders']],
    ['LOCK TABLES a$b WRITE', ['a$b']],
    ['OPTIMIZE TABLE `order items`', ['order items']],
    ['ALTER TABLE reorders ADD x int', []],
    ['SELECT * FROM orders', []],
    ['INSERT INTO orders VALUES (1)', []],
  ])('%s', (info, wanted) => {
    const found = wantedTables([waits(info)], TABLES, 'shop')
    expect([...found].sort()).toEqual(wanted.sort())
  })

  test('nobody who works in another database, or does not wait', () => {
    expect(wantedTables([waits('ALTER TABLE orders ADD x int', 'other')], TABLES, 'shop').size).toBe(0)
    const busy = { ...waits('ALTER TABLE orders ADD x int'), state: 'copy to tmp table' }
    expect(wantedTables([busy], TABLES, 'shop').size).toBe(0)
  })
})

test('a long query is one that works; who sleeps, waits, or is ours does not count', () => {
  const query = (about: TextRow): TextRow => ({ id: '9', command: 'Query', time: '3', state: 'Sending data', ...about })
  const none = new Set<number>()
  expect(hasLongQuery([query({})], 1000, none)).toBe(true)
  expect(hasLongQuery([query({ time: '0' })], 1000, none)).toBe(false)
  expect(hasLongQuery([query({ command: 'Sleep' })], 1000, none)).toBe(false)
  expect(hasLongQuery([query({ command: 'Binlog Dump' })], 1000, none)).toBe(false)
  expect(hasLongQuery([query({ state: 'Waiting for table metadata lock' })], 1000, none)).toBe(false)
  expect(hasLongQuery([query({})], 1000, new Set([9]))).toBe(false)
})

test('a long write is a long statement that does not only read', () => {
  const said = (info: string): boolean =>
    hasLongWrite([{ id: '9', command: 'Query', time: '3', state: 'updating', info }], 1000, new Set())
  expect(said('UPDATE t SET v = 1')).toBe(true)
  expect(said('/* report */ SELECT COUNT(*) FROM t')).toBe(false)
  expect(said('(SELECT 1) UNION (SELECT 2)')).toBe(false)
})

test('what goes on is the same statement of the same thread in two looks', () => {
  const look = (id: string, info: string): ReadonlySet<string> =>
    statementsOf([{ id, command: 'Query', time: '0', state: 'executing', info }], new Set([5]))
  expect(look('9', 'SELECT 1')).toEqual(look('9', 'SELECT 1'))
  expect(look('9', 'SELECT 1')).not.toEqual(look('8', 'SELECT 1'))
  expect(look('5', 'SELECT 1').size).toBe(0)
})

describe('the right to lock', () => {
  const mysql = readVersion('9.7.4')
  const maria = readVersion('10.11.19-MariaDB-log')
  const may = (line: string, server = mysql): boolean => lockFor(readGrants([{ grant: line }], 'shop'), server) !== null
  test.each<[string, boolean]>([
    ['GRANT RELOAD ON *.* TO `a`@`%`', true],
    ['GRANT ALL PRIVILEGES ON *.* TO `a`@`%`', true],
    ['GRANT LOCK TABLES ON `shop`.* TO `a`@`%`', true],
    ['GRANT ALL PRIVILEGES ON `shop`.* TO `a`@`%`', true],
    ['GRANT SELECT ON *.* TO `a`@`%`', false],
    ['GRANT LOCK TABLES ON `other`.* TO `a`@`%`', false],
    ['GRANT USAGE ON *.* TO `a`@`%`', false],
  ])('%s', (line, wanted) => expect(may(line)).toBe(wanted))

  test('FLUSH_TABLES is enough on MySQL alone', () => {
    expect(may('GRANT FLUSH_TABLES ON *.* TO `a`@`%`')).toBe(true)
    expect(may('GRANT FLUSH_TABLES ON *.* TO `a`@`%`', maria)).toBe(false)
  })

  test('the shortest lock comes first', () => {
    expect(locksOf(maria, ['a']).map(({ name }) => name)).toEqual([
      'BACKUP STAGE',
      'FLUSH TABLES WITH READ LOCK',
      'LOCK TABLES',
    ])
    expect(locksOf(mysql, []).map(({ name }) => name)).toEqual(['FLUSH TABLES WITH READ LOCK'])
    expect(locksOf(mysql, ['a'])[0]?.name).toBe('FLUSH TABLES WITH READ LOCK')
  })

  test('without sight of others the one whose wait ends with it comes first on MySQL', () => {
    expect(locksOf(mysql, ['a'], true).map(({ name }) => name)).toEqual(['LOCK TABLES', 'FLUSH TABLES WITH READ LOCK'])
    expect(locksOf(maria, ['a'], true)[0]?.name).toBe('BACKUP STAGE')
  })
})
