import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ListedDifference, SchemaDocument } from '../../core/api.js'
import type { ProofReport } from '../../core/proof.js'
import { cliMigration } from '../support/cli-migration.js'

/** What somebody does who wants to know whether the target still is what was copied. */

const migration = cliMigration(
  'verify',
  `create table customer (id int unsigned auto_increment primary key, name varchar(40) not null, secret varchar(40));
   insert into customer (name, secret) values ('Ann', 'hush'), ('Bob', null), ('Zoë', '');
   create table orders (id int primary key, customer_id int unsigned not null, placed date not null,
     key by_day (placed), constraint of_customer foreign key (customer_id) references customer (id));
   insert into orders values (1, 1, '2026-01-02'), (2, 3, '2026-01-03');
   create table tag (code varchar(20) primary key, n int);
   insert into tag values ('a', 1), ('B', 2), ('ß', 3);
   create table log (line text);
   insert into log values ('x'), ('x'), (null)`,
)
const { name, file, source, target } = migration

type Told = Omit<ProofReport, 'differences'> & { differencesTotal: number; differences: ListedDifference[] }

async function json<T = Told>(expected: number, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await migration.person.run(['verify', name, ...args, '--json'])
  expect(code, stderr + stdout).toBe(expected)
  const document = JSON.parse(stdout) as T & { format: number }
  expect(document.format).toBe(1)
  return document
}

const verdicts = ({ tables }: Pick<Told, 'tables'>): Record<string, string> =>
  Object.fromEntries(tables.map(({ table, verdict }) => [table, verdict]))

test('before the first run there is nothing to verify', async () => {
  expect((await migration.person.run(['verify', name])).code).toBe(2)
  expect((await migration.person.run(['apply', file])).code).toBe(0)
  const { code, stderr } = await migration.person.run(['verify', name])
  expect([code, stderr]).toEqual([2, expect.stringMatching(/has no run yet/)])
  expect((await migration.person.run(['verify', name, '--witness', 'half'])).code).toBe(2)
})

test('what a run has just loaded is equal, on all sides, with the witness over everything', async () => {
  const { code, stderr } = await migration.person.run(['run', file])
  expect(code, stderr).toBe(0)
  const told = await json(0, '--source', '--witness', 'all')
  expect(told).toMatchObject({ kind: 'verify', verdict: 'equal', withSource: true, witness: 1, differences: [] })
  expect(verdicts(told)).toEqual({ customer: 'equal', log: 'equal', orders: 'equal', tag: 'equal' })
  expect(told.tables.map(({ rowsTarget }) => rowsTarget)).toEqual([3, 3, 2, 3])
  expect(told.proof).toBe(`${told.run}.2`)
})

test('what changed in the source since is information', async () => {
  await source(`update customer set secret = 'loud' where id = 1`)
  expect(verdicts(await json(0))).toMatchObject({ customer: 'equal' })
  const told = await json(0, '--source', '--table', 'customer')
  expect(verdicts(told)).toEqual({ customer: 'differs from the source now' })
  await source(`update customer set secret = 'hush' where id = 1`)
})

test('what somebody wrote to the target is named, and values are shown only where they are asked for', async () => {
  await target(`update customer set secret = 'told' where id = 1; delete from orders where id = 2;
    insert into orders values (7, 1, '2026-02-02'); delete from tag where code = 'B'; insert into log values ('y')`)
  const { code, stdout, stderr } = await migration.person.run(['verify', name])
  expect(code, stderr).toBe(6)
  expect(stdout).toMatch(/customer +target changed +3 +3 +1/)
  expect(stdout).toMatch(/changed {2}customer id=1: secret/)
  expect(stdout).toMatch(/missing {2}orders id=2/)
  expect(stdout).toMatch(/extra {2}orders id=7/)
  expect(stdout).not.toMatch(/hush|told/)
  expect(stderr).toMatch(/verify \S+: /)
  const hidden = await json(6)
  expect(hidden.differences).toHaveLength(5)
  expect(hidden.differencesTotal).toBe(5)
  expect(JSON.stringify(hidden)).not.toMatch(/hush|told/)
  const shown = await json(6, '--show-values', '--table', 'customer')
  expect(shown.differences).toMatchObject([
    {
      table: 'customer',
      kind: 'changed',
      key: 'id=1',
      columns: [{ column: 'secret', source: 'hush', target: 'told' }],
    },
  ])
  const values = await migration.person.run(['verify', name, '--show-values'])
  expect(values.stdout).toMatch(/secret: 'hush' in the source, 'told' in the target/)
})

test('a table that is not there is wrong usage of the name, and nothing is proved', async () => {
  for (const more of [[], ['--schema']]) {
    const { code, stderr } = await migration.person.run(['verify', name, '--table', 'nowhere', ...more])
    expect([code, stderr]).toEqual([2, expect.stringMatching(/has no table nowhere/)])
    expect((await migration.person.run(['verify', name, '--run', '19990101-000000', ...more])).code).toBe(2)
  }
})

test('the schema is as planned until somebody changes it; what people added is information', async () => {
  await target('create index mine on orders (customer_id, placed)')
  const found = await json<SchemaDocument>(0, '--schema')
  expect(found.differences.map(({ subject, planned }) => [subject, planned])).toEqual([['index orders.mine', null]])
  await target(`alter table orders drop constraint of_customer;
    update pg_index set indisvalid = false where indexrelid = (select oid from pg_class where relname like '%by_day%')`)
  const { code, stdout } = await migration.person.run(['verify', name, '--schema'])
  expect(code).toBe(6)
  expect(stdout).toMatch(/foreign key orders\./)
  expect(stdout).toMatch(/found: +not valid/)
})

test('a verify that is left goes on, and its verdicts stand in the report', async () => {
  const { code, stdout } = await migration.person.run(['verify', name, '--detach', '--json'])
  expect(code).toBe(0)
  const { proof, workflowId } = JSON.parse(stdout) as { proof: string; workflowId: string }
  expect(workflowId).toBe(`verify/${name}/${proof}`)
  await migration.person.client.workflow.getHandle(workflowId).result()
  const report = await migration.person.run(['report', name])
  expect(report.stdout).toContain(`Proof ${proof}: target changed`)
  expect(report.stdout).toMatch(/before it: Proof of the load of \S+: equal/)
  const evidence = await migration.person.run(['report', name, '--evidence', 'evidence.json', '--json'])
  expect(evidence.code, evidence.stderr).toBe(0)
  const { sha256 } = JSON.parse(evidence.stdout) as { sha256: string }
  const [first, second] = readFileSync(join(migration.person.folder, 'evidence.json'), 'utf8').split('\n')
  expect(first).toContain(sha256)
  expect(createHash('sha256').update(second!).digest('hex')).toBe(sha256)
})
