import { expect, test } from 'vitest'
import type { Trend } from '../../core/trend.js'
import { cliMigration } from '../support/cli-migration.js'

/** How the runs of a migration went, as somebody asks for it. */

const migration = cliMigration(
  'trend',
  `create table Item (id int primary key); insert into Item values (1), (2);
   create table box (id int primary key); insert into box values (1)`,
)
const { name, file } = migration

const type = async (...args: string[]) => await migration.person.run(args)

test('a trend is drawn from the second run on, of all tables or of one, and is JSON as well', async () => {
  expect((await type('trend', name)).code).toBe(2)
  expect((await type('run', file)).code).toBe(0)
  const one = await type('trend', name)
  expect([one.code, one.stdout]).toEqual([0, expect.stringContaining('rows: 3\n')])
  await migration.source('insert into Item values (3), (4)')
  expect((await type('run', file)).code).toBe(0)

  const all = await type('trend', name)
  expect(all.stdout).toContain('rows: last 5; least 3, most 5; +67 % since the first')
  expect(all.stdout).toMatch(/5┤.*━/)
  expect(all.stderr).toBe('')
  const { stdout } = await type('trend', name, '--table', 'item', '--runs', '1', '--json')
  const trend = JSON.parse(stdout) as Trend
  expect(trend).toMatchObject({ format: 1, migration: name, table: 'Item' })
  expect(trend.runs.map(({ rows, tables }) => [rows, tables.map(({ table, rows: of }) => [table, of])])).toEqual([
    [5, [['Item', 4]]],
  ])

  const typo = await type('trend', name, '--table', 'itm')
  expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('Did you mean Item?')])
  expect((await type('trend', name, '--runs', '0')).code).toBe(2)
})
