import { expect, test } from 'vitest'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { proveKeys, ROWS } from '../support/keys-at-size.js'
import { mysql9Url, postgresUrl } from '../support/servers.js'

/** The same as `test/faults/compare-keys.test.ts`, from a real MySQL 9. */

const migration = cliMigration('keys', '', mysql9Url)

test(`keys of text and mixed direction in ${ROWS} rows each of MySQL 9: every difference is named exactly, and mended`, async () => {
  const { name, person } = migration
  const config = person.write(`${name}.yaml`, yamlOf(name, 'limits: {parallelism: 2, chunk_bytes: 1MB}\n'))
  const site = { mysqlUrl: mysql9Url(name), postgresUrl: postgresUrl(name), name }
  const nightferry = (...args: string[]) => person.run(args)
  expect(await proveKeys({ ...site, nightferry }, config)).toEqual({ tables: 5, differences: 309 })
}, 600_000)
