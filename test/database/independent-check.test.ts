import { expect, test } from 'vitest'
import { compareDatabases } from '../../scripts/independent-check/compare.js'
import { onMysql, onPostgres, withMysqlDatabase, withPostgresDatabase } from '../support/servers.js'

/** `other` is a value that is not `value`, as the target spells it. */
interface Value {
  readonly from: string
  readonly value: string
  readonly to: string
  readonly same: string
  readonly other: string
}

const v = (from: string, value: string, to: string, same: string, other: string): Value => ({
  ...{ from, value, to, same, other },
})

const VALUES: Record<string, Value> = {
  small: v('tinyint(1)', '1', 'boolean', 'true', 'false'),
  zerofill: v('int(8) unsigned zerofill', '42', 'bigint', '42', '43'),
  unsigned: v(
    'bigint unsigned',
    '18446744073709551615',
    'numeric(20,0)',
    '18446744073709551615',
    '18446744073709551614',
  ),
  price: v('decimal(30,10)', '-0.0000000001', 'numeric(30,10)', '-0.0000000001', '0'),
  single: v('float', '1.1', 'real', '1.1', '1.1000001'),
  twice: v('double', '1e-300', 'double precision', '1e-300', '1.0000000000000002e-300'),
  flag: v('bit(1)', "b'1'", 'boolean', 'true', 'false'),
  bits: v('bit(12)', "b'101'", 'bit(12)', "B'000000000101'", "B'100000000101'"),
  day: v('date', "'2024-02-29'", 'date', "'2024-02-29'", "'2024-03-01'"),
  zero: v('date', "'0000-00-00'", 'date', 'null', "'0001-01-01'"),
  moment: v(
    'datetime(6)',
    "'2024-02-29 23:59:59.000001'",
    'timestamp(6)',
    "'2024-02-29 23:59:59.000001'",
    "'2024-02-29 23:59:59'",
  ),
  instant: v(
    'timestamp(3) null',
    "'2024-07-01 12:00:00.5'",
    'timestamptz(3)',
    "'2024-07-01 14:00:00.5+02'",
    "'2024-07-01 12:00:00.5+02'",
  ),
  span: v('time(2)', "'-30:00:00.25'", 'interval', "'-30:00:00.25'", "'30:00:00.25'"),
  year: v('year', '1901', 'smallint', '1901', '2001'),
  text: v('varchar(40)', "'ß\\\\n 表😀 '", 'varchar(40)', "'ß\\n 表😀 '", "'ß\\n 表😀'"),
  nothing: v('text', "''", 'text', "''", 'null'),
  bytes: v('varbinary(9)', "x'00ff5c0a'", 'bytea', "'\\x00ff5c0a'", "'\\x00ff5c0a00'"),
  label: v("enum('a','b''c')", "'b''c'", 'text', "'b''c'", "'a'"),
  labels: v("set('x','y','z')", "'x,z'", 'text[]', "'{x,z}'", "'{z,x}'"),
  document: v('json', `'{"a": [1, 2.50], "b": null}'`, 'jsonb', `'{"b": null, "a": [1, 2.5]}'`, `'{"a": [1, 2.5]}'`),
  shape: v(
    'point',
    "ST_GeomFromText('POINT(1 2)')",
    'bytea',
    "'\\x0101000000000000000000f03f0000000000000040'",
    "'\\x0101000000000000000000f03f000000000000f03f'",
  ),
}

const names = Object.keys(VALUES)
const list = (of: (value: Value, name: string) => string): string => names.map((n) => of(VALUES[n]!, n)).join(', ')

async function withTwins(
  use: (compare: () => Promise<string[]>, target: (sql: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await withMysqlDatabase(async (_from, source) => {
    await onMysql(
      source,
      `set sql_mode = '', time_zone = '+00:00'; create table Twin (Id int primary key, ${list((c, n) => `\`${n}\` ${c.from}`)}) character set utf8mb4;
       insert into Twin values (1, ${list((c) => c.value)}), (2, ${list(() => 'null')})`,
    )
    await withPostgresDatabase(async (_to, target) => {
      const run = async (sql: string): Promise<unknown> => await onPostgres(target, sql)
      await run(
        `create table twin (id int primary key, ${list((c, n) => `"${n}" ${c.to}`)});
         insert into twin values (1, ${list((c) => c.same)}), (2, ${list(() => 'null')})`,
      )
      await use(async () => (await compareDatabases(source, target)).flatMap((t) => t.differences), run)
    })
  })
}

test('the independent check takes every type for equal where it is, and sees one changed value of each', async () => {
  await withTwins(async (compare, target) => {
    expect(await compare()).toEqual([])
    for (const [name, { same, other }] of Object.entries(VALUES)) {
      await target(`update twin set "${name}" = ${other} where id = 1`)
      expect(await compare(), name).toEqual([expect.stringMatching(new RegExp(`^Twin\\.${name}: `))])
      await target(`update twin set "${name}" = ${same} where id = 1`)
    }
    expect(await compare()).toEqual([])
  })
})

test('the independent check sees rows, columns and tables that are missing, added or swapped', async () => {
  await withTwins(async (compare, target) => {
    await target(`update twin set small = null where id = 1; update twin set small = true where id = 2`)
    expect(await compare()).toEqual([expect.stringContaining('Twin.small')])
    await target('delete from twin where id = 2; update twin set small = true')
    expect(await compare()).toContainEqual(expect.stringContaining('number of rows: source 2, target 1'))
    await target('alter table twin drop column price, add column extra int')
    expect(await compare()).toEqual(
      expect.arrayContaining(['Twin.price: not in the target', 'Twin.extra: not in the source']),
    )
    await target('drop table twin')
    expect(await compare()).toEqual(['Twin: not in the target'])
  })
})
