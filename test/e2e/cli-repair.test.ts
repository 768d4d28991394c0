import { expect, test } from 'vitest'
import type { RepairDocument } from '../../core/api.js'
import { cliMigration } from '../support/cli-migration.js'

/** What somebody does whose target was written to. */

const migration = cliMigration(
  'repair',
  `create table customer (id int unsigned auto_increment primary key, name varchar(40) not null);
   insert into customer values (1, 'Ann'), (2, 'Bob'), (3, 'Zoë');
   create table orders (id int primary key, customer_id int unsigned not null, placed date not null,
     key by_day (placed), constraint of_customer foreign key (customer_id) references customer (id) on delete cascade);
   insert into orders values (1, 1, '2026-01-02'), (2, 3, '2026-01-03');
   create table log (line text);
   insert into log values ('x'), ('x'), (null)`,
)
const { name, file, target } = migration

const asked = async (expected: number, ...args: string[]) => {
  const { code, stdout, stderr } = await migration.person.run(['repair', name, ...args])
  expect(code, stderr + stdout).toBe(expected)
  return { stdout, stderr }
}

test('before the first run, and where all is well, there is nothing to mend', async () => {
  expect((await migration.person.run(['repair', name])).code).toBe(2)
  const { code, stderr, stdout } = await migration.person.run(['run', file])
  expect(code, stderr + stdout).toBe(0)
  expect((await asked(0)).stdout).toMatch(/Nothing to mend/)
  expect((await asked(0, '--execute')).stdout).toMatch(/Nothing to mend/)
})

test('what it would do is told, and nothing is done', async () => {
  await target(`update customer set name = 'Bo' where id = 2; insert into log values ('y'), ('y');
    delete from orders where id = 2; insert into orders values (9, 1, '2026-02-02')`)
  await target(`update pg_index set indisvalid = false where indexrelid = 'orders_by_day'::regclass`)
  expect((await asked(6)).stdout, 'the index is seen at once, rows by a proof').toMatch(/by_day/)
  expect((await migration.person.run(['verify', name])).code).toBe(6)
  const document = JSON.parse((await asked(6, '--json')).stdout) as RepairDocument
  const rows = document.tables.map((t) => [t.table, t.verdict, t.missing, t.extra, t.changed])
  expect(rows).toEqual([
    ['customer', 'target changed', 0, 0, 1],
    ['log', 'target changed', 0, 2, 0],
    ['orders', 'target changed', 1, 1, 0],
  ])
  expect(document.schema.map(({ subject }) => subject)).toEqual(['index orders.orders_by_day'])
  const { stdout } = await asked(6)
  expect(stdout).toMatch(/customer +target changed .* 1$/m)
  expect(stdout).toMatch(/--execute/)
  expect(await target('select name from customer where id = 2')).toEqual([{ name: 'Bo' }])
  const one = JSON.parse((await asked(6, '--table', 'log', '--json')).stdout) as RepairDocument
  expect([one.tables.map(({ table }) => table), one.schema]).toEqual([['log'], []])
})

test('with --execute it mends and proves: first one table, then the rest', async () => {
  expect((await asked(0, '--table', 'log', '--execute')).stderr).toMatch(/1 table: 2 rows deleted/)
  expect(await target('select count(*)::int as n from log')).toEqual([{ n: 3 }])
  const { stdout, stderr } = await asked(0, '--execute', '--json')
  expect(stderr).toMatch(/2 tables: 2 rows deleted, 2 rows inserted, 1 object/)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'repair', verdict: 'equal', differences: [] })
  expect((await asked(0)).stdout).toMatch(/Nothing to mend/)
  expect((await migration.person.run(['verify', name, '--source'])).code).toBe(0)
  expect(await target('select id, customer_id::int as c from orders order by 1')).toEqual([
    { id: 1, c: 1 },
    { id: 2, c: 3 },
  ])
})

test('a foreign key that somebody made, and that cannot hold any more, is told by name', async () => {
  await target(`create table invoice (id int primary key, customer_id bigint);
    alter table invoice add constraint for_customer foreign key (customer_id) references customer (id);
    insert into customer values (9, 'nobody'); insert into invoice values (1, 9)`)
  expect((await migration.person.run(['verify', name])).code).toBe(6)
  const { stdout, stderr } = await asked(6, '--execute', '--json')
  expect(stderr).toMatch(/not mended: public\.invoice: the foreign key for_customer.* NOT VALID/)
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'equal',
    keysLeft: [{ schema: 'public', table: 'invoice', key: 'for_customer' }],
    mended: { tables: 1, deleted: 1, inserted: 0, failures: [{ table: 'public.invoice' }] },
  })
  const report = async (): Promise<string> => (await migration.person.run(['report', name])).stdout
  expect(await report()).toMatch(/NOT VALID since this repair: foreign key for_customer of public\.invoice/)
  await target('drop table invoice')
  expect(await report()).not.toMatch(/NOT VALID/)
})

/** Somebody's trigger changes a row of each copy that is loaded. */
const MEDDLE = `
  create function meddle() returns trigger language plpgsql as
    $$ begin if new.name = 'Bob' then new.name := 'Bo'; end if; return new; end $$;
  create function on_create() returns event_trigger language plpgsql as $$ begin
    if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.customer') then
      create trigger meddle before insert on public.customer for each row execute function public.meddle();
    end if; end $$;
  create event trigger meddling on ddl_command_end when tag in ('CREATE TABLE') execute function on_create()`

test('a table that its load proof stopped is done once it is mended; how the run ended stays said', async () => {
  await target(MEDDLE)
  expect((await migration.person.run(['run', file])).code).toBe(4)
  await target('drop event trigger meddling')
  const { stderr } = await asked(0, '--execute')
  expect(stderr).toMatch(/1 table: 1 row deleted, 1 row inserted/)
  const { code, stdout } = await migration.person.run(['report', name])
  expect(code, 'the run is what it was when it ended').toBe(4)
  expect(stdout).toMatch(/1 table stopped: customer \(not equal\)\n +since then 1 table mended and proved by repair/)
  expect(stdout).toMatch(/ customer .* done\n/)
  expect(stdout).toMatch(/customer: mended by repair \S+, and proved; best-effort since/)
  expect((await migration.person.run(['status', name])).stdout).toMatch(
    /since then 1 table mended and proved by repair/,
  )
  expect((await migration.person.run(['verify', name])).code).toBe(0)
})
