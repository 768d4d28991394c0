import { expect, test } from 'vitest'
import { migrationWorkflowId } from '../../core/names.js'
import { holdTable } from '../shared/target-facts.js'
import { cliMigration } from '../support/cli-migration.js'
import { mysqlUrl } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** What the tool made is listed, and removed where somebody says so: never what people use. */

const migration = cliMigration(
  'clean',
  `create table item (id int primary key, kind enum('a', 'b')); insert into item values (1, 'a'), (2, 'b');`,
)
const { name, file, target } = migration

interface Cleaned {
  readonly executed: boolean
  readonly target: {
    readonly database: string
    readonly ledger: {
      readonly tables: number
      readonly runs: number
      readonly strangers: readonly string[]
      readonly kept: { readonly tables: readonly string[]; readonly types: readonly string[] }
    } | null
  } | null
  readonly workflows: readonly { readonly workflowId: string }[]
}

async function clean(...options: string[]): Promise<Cleaned> {
  const { code, stdout, stderr } = await migration.person.run(['clean', name, '--json', ...options])
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Cleaned
}

const objects = async (): Promise<unknown> =>
  await target(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'v') and n.nspname in ('public', 'nightferry', 'app') order by 1`,
  )

const workflows = async (): Promise<string[]> => {
  const found: string[] = []
  for await (const { workflowId } of migration.person.client.workflow.list())
    if (workflowId.includes(`/${name}`)) found.push(workflowId)
  return found
}

test('clean shows what it would remove, refuses while a run is under way, removes it with --execute, and keeps what is used', async () => {
  expect((await migration.person.run(['clean', name])).code).toBe(2)
  expect((await migration.person.run(['run', file])).code).toBe(0)
  await target(`create schema app; create table app.people (id int); insert into app.people values (1);
    create view public.items as select * from public.item`)

  const before = await objects()
  const shown = await clean()
  expect(shown).toMatchObject({ executed: false, target: { database: name, ledger: { runs: 1, strangers: [] } } })
  expect(shown.target?.ledger?.kept).toEqual({ tables: ['public.item'], types: ['public.item_kind'] })
  expect(shown.workflows.map(({ workflowId }) => workflowId)).toContain(migrationWorkflowId(name))
  const text = await migration.person.run(['clean', name])
  expect(text.stdout).toContain('public.item')
  expect(text.stdout).toContain(`database ${name}`)
  expect(text.stderr).toContain('--execute')
  expect(await objects()).toEqual(before)

  const letGo = await holdTable(mysqlUrl(name), 'item')
  await target('drop view public.items')
  const { code } = await migration.person.run(['run', file, '--detach'])
  expect(code).toBe(0)
  const refused = await migration.person.run(['clean', name, '--execute'])
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('under way')])
  await letGo()
  expect((await migration.person.run(['status', name, '--watch'])).code).toBe(0)
  await target('create view public.items as select * from public.item; create table nightferry.notes (id int)')

  const removed = await clean('--execute')
  expect(removed).toMatchObject({ executed: true, target: { ledger: { runs: 2, strangers: ['notes'] } } })
  const left = ['app.people', 'nightferry.notes', 'public.item', 'public.items']
  expect(await objects()).toEqual(left.map((one) => ({ name: one })))
  expect(await target('select count(*)::int as n from public.items')).toEqual([{ n: 2 }])
  await waitUntil('Temporal to forget it', async () => (await workflows()).length === 0, 60_000)
  expect((await migration.person.run(['clean', name])).code).toBe(2)
})

test('what is left without a ledger is not taken for ours by a later run', async () => {
  await target('drop table nightferry.notes')
  const { code, stderr } = await migration.person.run(['run', file])
  expect([code, stderr]).toEqual([1, expect.stringMatching(/blocking/)])
  expect(await target('select count(*)::int as n from public.item')).toEqual([{ n: 2 }])
})
