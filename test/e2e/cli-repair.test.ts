import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RepairDocument } from '../../core/api.js'
import { sitDown, type Person } from '../support/cli.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** What somebody does whose target was written to. */

const name = uniqueName('repair')
const file = `${name}.yaml`
let person: Person

beforeAll(async () => {
  await onMysql(
    mysqlUrl(),
    `create database ${name} character set utf8mb4; use ${name};
     create table customer (id int unsigned auto_increment primary key, name varchar(40) not null);
     insert into customer values (1, 'Ann'), (2, 'Bob'), (3, 'Zoë');
     create table orders (id int primary key, customer_id int unsigned not null, placed date not null,
       key by_day (placed), constraint of_customer foreign key (customer_id) references customer (id) on delete cascade);
     insert into orders values (1, 1, '2026-01-02'), (2, 3, '2026-01-03');
     create table log (line text);
     insert into log values ('x'), ('x'), (null)`,
  )
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  const urls = { NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  await person.start(['up'], urls, 'Ctrl-C ends all')
  person.write(file, `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\n`)
})

afterAll(async () => {
  await person.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

const target = (sql: string) => onPostgres(postgresUrl(name), sql)

const asked = async (expected: number, ...args: string[]) => {
  const { code, stdout, stderr } = await person.run(['repair', name, ...args])
  expect(code, stderr + stdout).toBe(expected)
  return { stdout, stderr }
}

test('before the first run, and where all is well, there is nothing to mend', async () => {
  expect((await person.run(['repair', name])).code).toBe(2)
  const { code, stderr, stdout } = await person.run(['run', file])
  expect(code, stderr + stdout).toBe(0)
  expect((await asked(0)).stdout).toMatch(/Nothing to mend/)
  expect((await asked(0, '--execute')).stdout).toMatch(/Nothing to mend/)
})

test('what it would do is told, and nothing is done', async () => {
  await target(`update customer set name = 'Bo' where id = 2; insert into log values ('y'), ('y');
    delete from orders where id = 2; insert into orders values (9, 1, '2026-02-02')`)
  await target(`update pg_index set indisvalid = false where indexrelid = 'orders_by_day'::regclass`)
  expect((await asked(6)).stdout, 'the index is seen at once, rows by a proof').toMatch(/by_day/)
  expect((await person.run(['verify', name])).code).toBe(6)
  const document = JSON.parse((await asked(6, '--json')).stdout) as RepairDocument
  const rows = document.tables.map((t) => [t.table, t.verdict, t.missing, t.extra, t.changed])
  expect(rows).toEqual([
    ['customer', 'target changed', 0, 0, 1],
    ['log', 'target changed', 0, 2, 0],
    ['orders', 'target changed', 1, 1, 0],
  ])
  expect(document.schema.map(({ subject }) => subject)).toEqual(['index orders.orders_by_day'])
  const { stdout } = await asked(6)
  expect(stdout).toMatch(/customer +target changed .* 1$/m)
  expect(stdout).toMatch(/--execute/)
  expect(await target('select name from customer where id = 2')).toEqual([{ name: 'Bo' }])
  const one = JSON.parse((await asked(6, '--table', 'log', '--json')).stdout) as RepairDocument
  expect([one.tables.map(({ table }) => table), one.schema]).toEqual([['log'], []])
})

test('with --execute it mends and proves: first one table, then the rest', async () => {
  expect((await asked(0, '--table', 'log', '--execute')).stderr).toMatch(/1 table: 2 rows deleted/)
  expect(await target('select count(*)::int as n from log')).toEqual([{ n: 3 }])
  const { stdout, stderr } = await asked(0, '--execute', '--json')
  expect(stderr).toMatch(/2 tables: 2 rows deleted, 2 rows inserted, 1 object/)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'repair', verdict: 'equal', differences: [] })
  expect((await asked(0)).stdout).toMatch(/Nothing to mend/)
  expect((await person.run(['verify', name, '--source'])).code).toBe(0)
  expect(await target('select id, customer_id::int as c from orders order by 1')).toEqual([
    { id: 1, c: 1 },
    { id: 2, c: 3 },
  ])
})
