import { describe, expect, test } from 'vitest'
import type { Encoding } from '../../core/cast.js'
import { Failure } from '../../core/failure.js'
import { copied, plannedTable } from '../support/mysql-copy.js'
import { quoted } from '../support/mysql-values.js'
import { onMysql, withMysqlDatabase } from '../support/servers.js'

const refuse = { do: 'refuse' } as const
const text = { as: 'text', charset: 'utf8mb4' } as const
const json = { as: 'json', charset: 'utf8mb4' } as const
const date = { as: 'date', onZero: refuse } as const
const timestamp = { as: 'timestamp', zone: false, onZero: refuse } as const
const set = { as: 'set', labels: ['', 'a'], charset: 'utf8mb4' } as const

const CASES: readonly (readonly [name: string, mysql: string, encoding: Encoding, value: string, remedy: RegExp])[] = [
  ['a tinyint(1) of 2', 'tinyint(1)', { as: 'boolean' }, '2', /smallint/],
  ['a tinyint(1) of -1', 'tinyint(1)', { as: 'boolean' }, '-1', /smallint/],
  ['a tinyint(1) of 10', 'tinyint(2)', { as: 'boolean' }, '10', /smallint/],
  ['bits that are no boolean', 'bit(8)', { as: 'bit-boolean' }, "b'11'", /bit\(n\)/],
  ['a NUL byte in a short text', 'varchar(9)', text, "X'6100'", /bytea/],
  ['a NUL byte in a text of four', 'varchar(9)', text, "X'61626300'", /bytea/],
  ['a NUL byte in a long text', 'text', text, "concat(repeat('a', 9000), X'00')", /bytea/],
  ['a NUL byte in latin1', 'varchar(9) character set latin1', { as: 'text', charset: 'latin1' }, "X'E900'", /bytea/],
  ['a time beyond a day', 'time', { as: 'time' }, "'24:00:01'", /interval/],
  ['a negative time', 'time', { as: 'time' }, "'-00:00:01'", /interval/],
  ['a time of more than 99 hours', 'time', { as: 'time' }, "'100:00:00'", /interval/],
  ['a zero date', 'date', date, "'0000-00-00'", /on_zero_date/],
  ['a zero month', 'date', date, "'2024-00-10'", /on_zero_date/],
  ['a zero day', 'date', date, "'2024-10-00'", /on_zero_date/],
  ['year 0000', 'date', date, "'0000-10-10'", /on_zero_date/],
  ['a thirtieth of February', 'date', date, "'2024-02-30'", /on_zero_date/],
  ['a 29th of February 1900', 'date', date, "'1900-02-29'", /on_zero_date/],
  ['a 31st of April', 'datetime', timestamp, "'2024-04-31 00:00:00'", /on_zero_date/],
  ['a zero datetime', 'datetime(3)', timestamp, "'0000-00-00 00:00:00'", /on_zero_date/],
  [
    'the error value of an enum',
    "enum('a','b')",
    { as: 'enum', labels: ['a', 'b'], charset: 'utf8mb4' },
    '0',
    /source/,
  ],
  ['an empty set that could be the empty label', "set('','a')", set, "''", /text/],
  ['JSON with a NUL', 'text', json, quoted('{"a":"\\u0000"}'), /text/],
  ['JSON with a lone surrogate', 'text', json, quoted('"\\ud800x"'), /text/],
  ['JSON with half a surrogate pair', 'text', json, quoted('"\\udc00"'), /text/],
  ['JSON that is cut short', 'text', json, quoted('{"a":[1'), /text/],
  ['JSON with a word too much', 'text', json, quoted('[truex]'), /text/],
  ['JSON with a trailing comma', 'text', json, quoted('[1,]'), /text/],
  ['JSON with a leading zero', 'text', json, quoted('[01]'), /text/],
  ['JSON with a raw newline in a string', 'text', json, quoted('"a\nb"'), /text/],
  ['two JSON documents', 'text', json, quoted('{} {}'), /text/],
  ['no JSON at all', 'text', json, "''", /text/],
  ['a number that numeric cannot hold', 'text', json, "'1e131072'", /text/],
  ['a number too fine for numeric', 'text', json, "'1e-16384'", /text/],
  ['sixteen letters that are no UUID', 'varchar(40)', { as: 'uuid' }, "'abcdefghijklmnop'", /text/],
  ['text that is no UUID', 'varchar(40)', { as: 'uuid' }, "'6ccd780c-baba-1026-9564-5b8c65602464x'", /text/],
  ['text that is no address', 'varchar(40)', { as: 'inet' }, "'10.0.0.256'", /text/],
]

describe('a value without a canonical form is refused by its row key and column, and never quoted in the message', () => {
  test.each(CASES)('%s', async (_, mysql, encoding, value, remedy) => {
    await withMysqlDatabase(async (_name, url) => {
      await onMysql(
        url,
        `set sql_mode = 'ALLOW_INVALID_DATES'; create table v (a int, name varchar(10), v ${mysql}, primary key (a, name));
        insert into v values (1, 'fine', null), (17, 'secret', ${value}), (18, 'fine', null)`,
      )
      const table = plannedTable(
        'v',
        { name: text, a: { as: 'integer' }, v: encoding },
        {
          index: 'PRIMARY',
          unique: true,
          columns: [
            { column: 'a', type: 'int', charset: null, collation: null, descending: false },
            { column: 'name', type: 'varchar', charset: 'utf8mb4', collation: null, descending: false },
          ],
        },
      )
      const failure = await copied(url, table).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(Failure)
      if (!(failure instanceof Failure)) return
      expect(failure).toMatchObject({ kind: 'row-refused', details: { table: 'v', column: 'v' } })
      expect(failure.details.private?.key).toBe('a=17, name=secret')
      expect(failure.details.private?.reason).toBeTruthy()
      expect(failure.details.remedy).toMatch(remedy)
      expect(failure.message).not.toMatch(/secret|17|2024|0000/)
    }, 'copy_refused')
  })

  test('in a table without a key the row is named by its number', async () => {
    await withMysqlDatabase(async (_, url) => {
      await onMysql(url, 'create table v (v tinyint); insert into v values (1), (0), (7)')
      const failure = copied(url, plannedTable('v', { v: { as: 'boolean' } }, null))
      await expect(failure).rejects.toMatchObject({ details: { private: { key: 'row 3' } } })
    })
  })
})

describe('dates that no calendar has become what the cast says, and are counted per column', () => {
  test.each([
    ['null', { do: 'null' } as const, '\\N'],
    ['a literal', { do: 'literal', value: '-infinity' } as const, '-infinity'],
  ])('%s', async (_, onZero, expected) => {
    await withMysqlDatabase(async (_name, url) => {
      await onMysql(
        url,
        `set sql_mode = 'ALLOW_INVALID_DATES'; create table v (id int primary key, d date, t datetime(2), s timestamp null, never date);
        insert into v values (1, '0000-00-00', '0000-00-00 00:00:00', '2024-01-01 00:00:00', '2024-01-01'),
          (2, '2024-00-01', '2024-02-31 10:00:00', null, null), (3, '2024-01-31', null, '0000-00-00 00:00:00', '2024-01-01')`,
      )
      const { text, counts } = await copied(
        url,
        plannedTable('v', {
          id: { as: 'integer' },
          d: { as: 'date', onZero },
          t: { as: 'timestamp', zone: false, onZero },
          s: { as: 'timestamp', zone: true, onZero },
          never: { as: 'date', onZero },
        }),
      )
      expect(counts.zeroDates).toEqual({ d: 2, t: 2, s: 1 })
      expect(text.toString().split('\n')).toEqual([
        `1\t${expected}\t${expected}\t2024-01-01 00:00:00+00\t2024-01-01`,
        `2\t${expected}\t${expected}\t\\N\t\\N`,
        `3\t2024-01-31\t\\N\t${expected}\t2024-01-01`,
        '',
      ])
    }, 'copy_zero')
  })
})
