import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dataset, mariadb11Url, mysql9Url, onMysql } from '../support/servers.js'

test.each([
  'sakila-mv-schema.sql.gz',
  'Chinook_MySql.sql.gz',
  'employees-large-10k.tar.gz',
  'northwind-mysql-data.sql.gz',
])('the dataset %s is there and not empty', (name) => {
  expect(statSync(dataset(name)).size).toBeGreaterThan(1_000)
})

test('the servers of other versions are what they are said to be', async () => {
  const [mysql] = await onMysql(mysql9Url(), 'select version() as v, @@binlog_format as f')
  const [mariadb] = await onMysql(mariadb11Url(), 'select version() as v, @@binlog_format as f')
  expect(mysql).toEqual({ v: expect.stringMatching(/^9\./), f: 'ROW' })
  expect(mariadb).toEqual({ v: expect.stringMatching(/^11\.8\..*MariaDB/), f: 'ROW' })
})
