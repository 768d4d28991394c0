import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeDuringRun, configOfChanges, tablesToChange } from '../support/changed-tables.js'
import { sitDown, type Person } from '../support/cli.js'
import { mysql9Url, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** The same as `test/faults/snapshot-ddl.test.ts`, from a real MySQL 9. */

const name = uniqueName('ddl')
let person: Person

beforeAll(async () => {
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  const urls = { NIGHTFERRY_CONNECTION_SRC: mysql9Url(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  await onMysql(mysql9Url(), tablesToChange(name))
  await person.start(['up'], urls, 'Ctrl-C ends all')
}, 120_000)

afterAll(async () => {
  await person.leave()
  await onMysql(mysql9Url(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

test('MySQL 9: an ALTER, a TRUNCATE, a swap and an instant column park their tables or do them no harm, and no reader of the source waits', async () => {
  const file = person.write(`${name}.yaml`, configOfChanges(name, '', 'snapshot'))
  const { ended } = person.type(['run', file])
  const { longestRead } = await changeDuringRun('MySQL 9', mysql9Url(name), postgresUrl(name), ended)
  expect(longestRead).toBeLessThan(2000)
}, 240_000)
