import { describe, expect, it } from 'vitest'
import { rangesBetween, type Key } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { SourcePort } from '../../core/ports.js'
import { quoteName, rangeWhere } from '../../databases/mysql/range.js'
import { planned, tableNamed, withSource, type SourceUnderTest } from '../support/source.js'

const signal = new AbortController().signal

/** All boundaries, a few at a time, as a run finds them. */
async function walk(source: SourcePort, table: PlannedTable, rowsPerChunk: number, atMost = 3): Promise<Key[]> {
  const found: Key[] = []
  for (;;) {
    const { boundaries, last } = await source.boundaries(
      table,
      { after: found.at(-1) ?? null, rowsPerChunk, atMost },
      signal,
    )
    expect(boundaries.length).toBeLessThanOrEqual(atMost)
    found.push(...boundaries)
    if (last) return found
    expect(boundaries).toHaveLength(atMost)
  }
}

/** Rows in each range, counted by the server itself. */
async function rowsOf({ sql }: SourceUnderTest, table: PlannedTable, boundaries: readonly Key[]): Promise<number[]> {
  const conditions = rangesBetween(null, boundaries, true).map((range) => rangeWhere(table.key!, range))
  const sums = conditions.map((condition) => `SUM(${condition})`).join(', ')
  const inOne = `SUM((${conditions.map((condition) => `(${condition})`).join(' + ')}) = 1)`
  const [row] = await sql(
    `SET NAMES utf8mb4; SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';
     SELECT ${inOne} AS once, COUNT(*) AS every, CONCAT_WS(',', ${sums}) AS each_range FROM ${quoteName(table.source)}`,
  )
  expect(row?.once, 'rows that lie in exactly one range').toBe(row?.every)
  return String(row?.each_range).split(',').map(Number)
}

/** A column type, and 40 of its values in SQL, `i` counting from 0. */
const SEQUENCE =
  '(SELECT a.d * 10 + b.d AS i FROM (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) a, (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b) s'

const KINDS: readonly [type: string, value: string][] = [
  ['tinyint', 'i - 20'],
  ['bigint unsigned', '18446744073709551615 - i * 1000'],
  ['int unsigned zerofill', 'i * 3'],
  ['decimal(30,10)', '(i - 20) * 1234567890123.0000000001'],
  ['year', '1950 + i'],
  ['date', "IF(i = 0, '0000-00-00', IF(i = 1, '2020-00-00', DATE_ADD('1999-12-31', INTERVAL i MONTH)))"],
  [
    'datetime(6)',
    "IF(i = 0, '0000-00-00 00:00:00', DATE_ADD('1969-12-31 23:59:59.999999', INTERVAL i * 100003 MICROSECOND))",
  ],
  ['timestamp(3)', "DATE_ADD('2024-03-31 00:30:00.5', INTERVAL i * 10 MINUTE)"],
  ['time(6)', 'SEC_TO_TIME((i - 20) * 100003.25)'],
  ['char(10) character set latin1', "CONCAT('é', i)"],
  ['varchar(20)', "CONCAT(IF(i % 2, 'Straße ', 'Żółw\\t'), i, '\\\\''😀')"],
  ['varchar(20) collate utf8mb4_bin', "CONCAT('x', CHAR(i + 1), IF(i % 3, '', 'y'))"],
  ['varchar(20) character set ucs2', "CONCAT('中', i)"],
  ['varchar(20) character set sjis', "CONCAT('表', i)"],
  ['binary(4)', 'UNHEX(LPAD(HEX(i * 6553600), 8, 0))'],
  ['varbinary(20)', "CONCAT(CHAR(i * 6), '''\\\\')"],
]

describe('boundaries of a table', () => {
  it.each(KINDS)(
    'whose key is %s cover every row exactly once, in chunks of the size that was asked for',
    async (type, value) => {
      const make = `SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00';
      CREATE TABLE t (k ${type} NOT NULL PRIMARY KEY, v int NOT NULL) CHARACTER SET utf8mb4;
      INSERT INTO t SELECT ${value}, i FROM ${SEQUENCE}`
      await withSource(make, async (test) => {
        const table = planned(tableNamed(await test.source.catalog(), 't'))
        const boundaries = await walk(test.source, table, 7)
        expect(await rowsOf(test, table, boundaries)).toEqual([7, 7, 7, 7, 7, 5])
      })
    },
  )

  it('whose key is MariaDB’s uuid, inet4 or inet6 cover every row in the server’s own order', async () => {
    const make = (isMariaDb: boolean): string =>
      isMariaDb
        ? `CREATE TABLE u (k uuid NOT NULL PRIMARY KEY); CREATE TABLE i6 (k inet6 NOT NULL PRIMARY KEY);
           INSERT INTO u SELECT INSERT(LEFT(SHA2(i, 256), 32), 13, 1, i % 8) FROM ${SEQUENCE};
           INSERT INTO i6 SELECT CONCAT(IF(i % 2, 'fe80::', '::'), HEX(i * 7 + 1)) FROM ${SEQUENCE}`
        : `CREATE TABLE u (k char(36) character set ascii NOT NULL PRIMARY KEY); INSERT INTO u SELECT LEFT(SHA2(i, 256), 32) FROM ${SEQUENCE};
           CREATE TABLE i6 (k binary(16) NOT NULL PRIMARY KEY); INSERT INTO i6 SELECT UNHEX(LEFT(SHA2(i, 256), 32)) FROM ${SEQUENCE}`
    await withSource(make, async (test) => {
      for (const name of ['u', 'i6']) {
        const table = planned(tableNamed(await test.source.catalog(), name))
        expect(await rowsOf(test, table, await walk(test.source, table, 7))).toEqual([7, 7, 7, 7, 7, 5])
      }
    })
  })

  it('whose key has several columns, some of them descending, cover every row', async () => {
    const make = `CREATE TABLE t (a int NOT NULL, b varchar(10) NOT NULL, c datetime NOT NULL, PRIMARY KEY (a, b DESC, c));
      INSERT INTO t SELECT i % 3, CONCAT('x', i % 5), DATE_ADD('2020-01-01', INTERVAL i DAY) FROM ${SEQUENCE}`
    await withSource(make, async (test) => {
      const table = planned(tableNamed(await test.source.catalog(), 't'))
      expect(table.key).toMatchObject({ unique: true, columns: [{ column: 'a' }, { column: 'b' }, { column: 'c' }] })
      expect(await rowsOf(test, table, await walk(test.source, table, 6))).toEqual([6, 6, 6, 6, 6, 6, 4])
      expect(await rowsOf(test, table, await walk(test.source, table, 1, 100))).toHaveLength(40)
    })
  })

  it('whose key is a prefix that many rows share go on behind the value, and never stand still', async () => {
    const make = `CREATE TABLE t (a varchar(10) NOT NULL, b text NOT NULL, PRIMARY KEY (a, b(20)));
      INSERT INTO t SELECT CASE WHEN i < 20 THEN 'same' WHEN i < 22 THEN 'Same ' ELSE CONCAT('z', i) END, CONCAT('row ', i) FROM ${SEQUENCE}`
    await withSource(make, async (test) => {
      const table = planned(tableNamed(await test.source.catalog(), 't'))
      expect(table.key).toMatchObject({ unique: false, columns: [{ column: 'a' }] })
      const boundaries = await walk(test.source, table, 4)
      expect(new Set(boundaries.map(String)).size).toBe(boundaries.length)
      const rows = await rowsOf(test, table, boundaries)
      expect(rows.reduce((sum, n) => sum + n)).toBe(40)
      // Only the first chunk may be empty: where the first value is shared by more rows than a chunk holds.
      expect(rows.slice(1).every((n) => n > 0)).toBe(true)
      expect(rows.slice(1).filter((n) => n < 4).length).toBeLessThanOrEqual(2)
    })
  })

  it('of a table whose rows all share one value are one at most', async () => {
    const make = `CREATE TABLE t (a int NOT NULL, b text NOT NULL, PRIMARY KEY (a, b(20))); INSERT INTO t SELECT 1, i FROM ${SEQUENCE}`
    await withSource(make, async (test) => {
      const table = planned(tableNamed(await test.source.catalog(), 't'))
      const boundaries = await walk(test.source, table, 4)
      expect(boundaries.length).toBeLessThanOrEqual(1)
      expect((await rowsOf(test, table, boundaries)).reduce((sum, n) => sum + n)).toBe(40)
    })
  })

  it('of an empty table, a table of one chunk and a table without a key are none', async () => {
    const make = `CREATE TABLE vacant (k int PRIMARY KEY); CREATE TABLE small (k int PRIMARY KEY); CREATE TABLE keyless (k int);
      INSERT INTO small VALUES (1), (2), (3); INSERT INTO keyless VALUES (1), (1)`
    await withSource(make, async ({ source }) => {
      const catalog = await source.catalog()
      for (const name of ['vacant', 'small', 'keyless']) {
        const table = planned(tableNamed(catalog, name))
        const found = await source.boundaries(table, { after: null, rowsPerChunk: 3, atMost: 9 }, signal)
        expect(found, name).toEqual({ boundaries: [], last: true })
      }
    })
  })

  it('of a secondary unique key are found in its own order', async () => {
    const make = `CREATE TABLE t (v text, k varchar(10) NOT NULL, UNIQUE KEY by_k (k)); INSERT INTO t SELECT i, CONCAT(CHAR(97 + i % 26), i) FROM ${SEQUENCE}`
    await withSource(make, async (test) => {
      const table = planned(tableNamed(await test.source.catalog(), 't'))
      expect(table.key?.index).toBe('by_k')
      expect(await rowsOf(test, table, await walk(test.source, table, 10))).toEqual([10, 10, 10, 10])
    })
  })

  it('need no sort and no full scan, also for composite keys', async () => {
    const make = `CREATE TABLE t (a int NOT NULL, b int NOT NULL, c varchar(10) NOT NULL, v int, PRIMARY KEY (a, b, c));
      INSERT INTO t SELECT i % 4, i, 'x', i FROM ${SEQUENCE}; ANALYZE TABLE t`
    await withSource(make, async ({ source, sql }) => {
      const table = planned(tableNamed(await source.catalog(), 't'))
      const [from, to] = [
        ['2', '10', '78'],
        ['2', '30', '78'],
      ]
      const where = rangeWhere(table.key!, { from, to })
      const [plan] = await sql(
        `EXPLAIN FORMAT=TRADITIONAL SELECT * FROM t FORCE INDEX (PRIMARY) WHERE ${where} ORDER BY a, b, c`,
      )
      expect(plan).toMatchObject({ key: 'PRIMARY', type: 'range' })
      expect(String(plan?.Extra)).not.toContain('filesort')
    })
  })
})

it('a unique key that the server hides cuts no table where no query may name it, and any where one may', async () => {
  const make = (isMariaDb: boolean): string =>
    `CREATE TABLE t (b bit(8) PRIMARY KEY, k int NOT NULL, UNIQUE KEY hidden (k) ${isMariaDb ? 'IGNORED' : 'INVISIBLE'});
     INSERT INTO t VALUES (1, 30), (2, 20), (3, 10)`
  await withSource(make, async ({ source, isMariaDb }) => {
    const table = planned(tableNamed(await source.catalog(), 't'))
    expect(table.key?.index ?? null).toBe(isMariaDb ? null : 'hidden')
    expect(await walk(source, table, 1)).toEqual(isMariaDb ? [] : [['20'], ['30']])
  })
})
