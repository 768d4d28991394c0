import { describe, expect, test } from 'vitest'
import { holdTable } from '../shared/target-facts.js'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { mysqlUrl } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** A migration's days, as somebody types them: apply, run, leave, come back, look. */

const migration = cliMigration(
  'run',
  `create table customer (id int unsigned auto_increment primary key, name varchar(40) not null, active tinyint(1));
   insert into customer (name, active) values ('Ann', 1), ('Bob', 0), ('Zoë', null);
   create table orders (id int primary key, customer_id int unsigned not null, placed date not null,
     foreign key (customer_id) references customer (id));
   insert into orders values (1, 1, '2026-01-02'), (2, 3, '2026-01-03');
   create view v_orders as select * from orders`,
)
const { name, file, source, target } = migration

interface Documents {
  apply: { version: number; changed: boolean; changes: { subject: string }[] | null }
  status: { migration: { running: object | null; runs: { run: string; state: string }[] } }
  report: {
    summary: { run: string; state: string }
    tables: { table: string; rowsCounted: number }[]
    notCarried: { original: string }[]
  }
  runs: { runs: { run: string }[] }
}

/** The one document on stdout. */
async function json<What extends keyof Documents>(what: What, ...args: string[]): Promise<Documents[What]> {
  const { code, stdout, stderr } = await migration.person.run([what, ...args, '--json'])
  expect(code, stderr).toBe(0)
  const document = JSON.parse(stdout) as Documents[What] & { format: number }
  expect(document.format).toBe(1)
  return document
}

test('before the first apply everything that asks for its results says what to do first', async () => {
  for (const command of ['status', 'report', 'runs']) {
    const { code, stderr } = await migration.person.run([command, name])
    expect(code).toBe(2)
    expect(stderr).toMatch(/nightferry apply FILE/)
  }
})

test('apply stores a version, again the same one, and a changed file as the next with what changed', async () => {
  expect(await json('apply', file)).toMatchObject({ version: 1, changed: true, changes: null })
  expect(await json('apply', file)).toMatchObject({ version: 1, changed: false, changes: [] })
  migration.person.write(file, yamlOf(name, 'casts:\n  - {column: customer.active, to: smallint}\n'))
  const { version, changes } = await json('apply', file)
  expect(version).toBe(2)
  expect(changes?.map(({ subject }) => subject).join()).toContain('customer.active')
})

test('run shows its progress on stderr and its report on stdout, and exits by its state', async () => {
  const { code, stdout, stderr } = await migration.person.run(['run', file])
  expect(code, stderr).toBe(0)
  expect(stderr).toContain(`${name} version 2 stays`)
  expect(stdout).toMatch(/^Run \S+ of \S+, version 2: complete in /)
  expect(stdout).toMatch(/customer +3 +3 +3/)
  expect(stdout).toMatch(/orders +2 +2 +2/)
  expect(stdout).toContain('read under one snapshot')
  expect(stdout).toContain('view v_orders')
})

test('report tells the last run or the one that is named, with the original of what was not carried', async () => {
  const last = await json('report', name)
  expect(last.tables.map(({ table, rowsCounted }) => [table, rowsCounted])).toEqual([
    ['customer', 3],
    ['orders', 2],
  ])
  expect(last.notCarried.map(({ original }) => original).join()).toMatch(/v_orders/)
  expect(await json('report', name, '--run', last.summary.run)).toEqual(last)
  expect((await json('runs', name)).runs.map(({ run }) => run)).toEqual([last.summary.run])
  const { code, stderr } = await migration.person.run(['report', name, '--run', '19990101-000000'])
  expect(code).toBe(2)
  expect(stderr).toMatch(/^error: .*19990101-000000.*\n./)
})

describe('a run that takes long', () => {
  test('is left by Ctrl-C, refuses a second one, and is found again by status --watch', async () => {
    const letGo = await holdTable(mysqlUrl(name), 'orders')
    const run = migration.person.type(['run', file])
    await waitUntil('the run', async () => (await json('status', name)).migration.running !== null, 30_000)
    await waitUntil('progress', () => run.said().includes('clone'), 30_000)
    run.child.kill('SIGINT')
    const left = await run.ended
    expect(left.code, left.stderr).toBe(4)
    expect(left.stderr).toMatch(
      new RegExp(`goes on without this command; come back with \`nightferry status ${name} --watch\``),
    )
    const second = await migration.person.run(['run', file])
    expect(second.code).toBe(1)
    expect(second.stderr).toContain('one run at a time')
    const watch = migration.person.type(['status', name, '--watch'])
    await waitUntil('progress', () => watch.said().includes('clone'), 30_000)
    await letGo()
    const { code, stdout, stderr } = await watch.ended
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: complete in /)
  })

  test('is started by --detach, which comes back at once', async () => {
    const { code, stdout } = await migration.person.run(['run', file, '--detach', '--json'])
    expect(code).toBe(0)
    const { run } = JSON.parse(stdout) as { run: string }
    const watched = await migration.person.run(['status', name, '--watch', '--json'])
    expect(watched.code, watched.stderr).toBe(0)
    expect(JSON.parse(watched.stdout)).toMatchObject({ summary: { run, state: 'complete' } })
  })
})

test('a table that stops makes the run incomplete: exit 4, named by key, column and reason, the others there', async () => {
  await source(`set sql_mode = ''; insert into orders values (3, 1, '0000-00-00')`)
  const { code, stdout, stderr } = await migration.person.run(['run', file])
  expect(code, stderr).toBe(4)
  expect(stdout).toMatch(/: incomplete in /)
  expect(stdout).toMatch(/orders\.placed: /)
  expect(stdout).toMatch(/row id=3/)
  expect((await migration.person.run(['report', name])).code).toBe(4)
  expect(await target('select count(*)::int as n from customer')).toEqual([{ n: 3 }])
})
