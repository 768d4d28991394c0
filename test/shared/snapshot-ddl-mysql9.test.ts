import { expect, test } from 'vitest'
import { changeDuringRun, configOfChanges, tablesToChange } from '../support/changed-tables.js'
import { cliMigration } from '../support/cli-migration.js'
import { mysql9Url, postgresUrl } from '../support/servers.js'

/** The same as `test/faults/snapshot-ddl.test.ts`, from a real MySQL 9. */

const migration = cliMigration('ddl', tablesToChange, mysql9Url)

test('MySQL 9: an ALTER, a TRUNCATE, a swap and an instant column park their tables or do them no harm, and no reader of the source waits', async () => {
  const { name, person } = migration
  const file = person.write(`${name}.yaml`, configOfChanges(name, '', 'snapshot'))
  const { ended } = person.type(['run', file])
  const { longestRead } = await changeDuringRun('MySQL 9', mysql9Url(name), postgresUrl(name), ended)
  expect(longestRead).toBeLessThan(2000)
}, 240_000)
