import { afterAll, beforeAll, expect, test } from 'vitest'
import { proveKeys, ROWS } from '../support/keys-at-size.js'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres } from '../support/servers.js'

const NAME = 'keys_at_size'

let machine: Machine

beforeAll(async () => {
  machine = await startMachine('faults-compare-keys', NAME)
  await onMysql(machine.mysql.url, `drop database if exists ${NAME}; create database ${NAME} character set utf8mb4`)
  await onPostgres(machine.postgres.url, `drop database if exists ${NAME} with (force)`)
  await Promise.all([machine.startWorker('control'), machine.startWorker('data')])
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

test(`keys of text, uuid and mixed direction in ${ROWS} rows each: every difference is named exactly, and mended`, async () => {
  const config = machine.writeConfig(
    `${NAME}.yaml`,
    `migration: ${NAME}\nsource: {connection: src}\ntarget: {connection: dst, database: ${NAME}}\n` +
      `publish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: 1MB}\n`,
  )
  const postgresUrl = new URL(machine.postgres.url)
  postgresUrl.pathname = `/${NAME}`
  const site = {
    ...{ mysqlUrl: `${machine.mysql.url}/${NAME}`, postgresUrl: postgresUrl.href, name: NAME },
    nightferry: (...args: string[]) => machine.nightferry(...args).ended,
  }
  expect(await proveKeys(site, config)).toEqual({ tables: 5, differences: 297 })
}, 600_000)
