import { afterAll, beforeAll, expect, test } from 'vitest'
import { sitDown, type Person } from '../support/cli.js'
import { proveKeys, ROWS } from '../support/keys-at-size.js'
import { mysql9Url, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** The same as `test/faults/compare-keys.test.ts`, from a real MySQL 9. */

const name = uniqueName('keys')
let person: Person

beforeAll(async () => {
  await onMysql(mysql9Url(), `create database ${name} character set utf8mb4`)
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  const urls = { NIGHTFERRY_CONNECTION_SRC: mysql9Url(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  await person.start(['up'], urls, 'Ctrl-C ends all')
}, 120_000)

afterAll(async () => {
  await person.leave()
  await onMysql(mysql9Url(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

test(`keys of text and mixed direction in ${ROWS} rows each of MySQL 9: every difference is named exactly, and mended`, async () => {
  const config = person.write(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\nlimits: {parallelism: 2, chunk_bytes: 1MB}\n`,
  )
  const site = { mysqlUrl: mysql9Url(name), postgresUrl: postgresUrl(name), name }
  const nightferry = (...args: string[]) => person.run(args)
  expect(await proveKeys({ ...site, nightferry }, config)).toEqual({ tables: 5, differences: 309 })
}, 600_000)
