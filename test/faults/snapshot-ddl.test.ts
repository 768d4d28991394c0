import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeDuringRun, configOfChanges, tablesToChange } from '../support/changed-tables.js'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres } from '../support/servers.js'

/** Test 5 of the order, from MariaDB; `test/shared/snapshot-ddl-mysql9.test.ts` has it from MySQL 9. */

const name = 'ddl'
let machine: Machine

beforeAll(async () => {
  machine = await startMachine('faults', name)
  await machine.startWorker('control')
  await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

test.each(['snapshot', 'best-effort'])(
  'under %s an ALTER, a TRUNCATE, a swap and an instant column park their tables or do them no harm, and no reader of the source waits',
  async (read) => {
    await onMysql(machine.mysql.url, tablesToChange(name))
    const database = `ddl_${read.replace('-', '_')}`
    const target = new URL(machine.postgres.url)
    target.pathname = `/${database}`
    await onPostgres(machine.postgres.url, `drop database if exists ${database} with (force)`)
    const file = machine.writeConfig(`${database}.yaml`, configOfChanges(database, `, database: ${database}`, read))
    const { ended } = machine.nightferry('run', file)
    const { longestRead } = await changeDuringRun(read, `${machine.mysql.url}/${name}`, target.href, ended)
    expect(longestRead).toBeLessThan(2000)
  },
  240_000,
)
