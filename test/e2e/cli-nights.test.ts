import { afterAll, expect, test } from 'vitest'
import type { GenerationsDocument } from '../../core/api.js'
import type { RunSummary } from '../../core/run.js'
import { cliMigration } from '../support/cli-migration.js'
import { onPostgres, postgresUrl } from '../support/servers.js'

/** Runs that are built aside, and what people read meanwhile, as somebody types it. */

const migration = cliMigration(
  'nights',
  `create table item (id int primary key, wanted tinyint(1) not null);
   insert into item values (1, 1), (2, 0), (3, 1);
   create table sale (id int primary key, item int not null, foreign key (item) references item (id));
   insert into sale values (1, 1), (2, 3);`,
)
const { name, file, source } = migration
const shop = `${name}_pub`

const config = `migration: ${name}
source: {connection: src}
target: {connection: dst, database: ${shop}}
schedule: {at: "04:00"}
publish: {keep: 3}
`

afterAll(async () => {
  const names = `select datname from pg_database where datname like '${shop}%'`
  for (const { datname } of await onPostgres(postgresUrl(), names))
    await onPostgres(postgresUrl(), `drop database "${String(datname)}" with (force)`)
})

const type = async (...args: string[]) => await migration.person.run(args)

/** A command that does what it says: its stdout. */
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await type(...args)
  expect(code, stderr).toBe(0)
  return stdout
}

const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await done(...args, '--json')) as T

/** Newest first. */
const runs = async (): Promise<RunSummary[]> => (await json<{ runs: RunSummary[] }>('runs', name)).runs

/** What people read, whichever run built it. */
const people = async (sql: string): Promise<Record<string, unknown>[]> => await onPostgres(postgresUrl(shop), sql)

const ITEMS = 'select count(*)::int as items, (select count(*)::int from sale) as sales from item'

async function night(): Promise<{ readonly run: string; readonly code: number | null; readonly stdout: string }> {
  const { run } = await json<{ run: string }>('schedule', name, '--now')
  const { code, stdout } = await type('status', name, '--watch')
  expect(stdout).toContain(run)
  return { run, code, stdout }
}

/** In the order of the tests. */
const built: string[] = []

test('a first run is built aside and published under its name', async () => {
  migration.person.write(file, config)
  expect(await done('run', file)).toMatch(/: complete in .*\n +published\n/)
  expect(await people(ITEMS)).toEqual([{ items: 3, sales: 2 }])
  const [first] = await runs()
  expect(first).toMatchObject({ state: 'complete', published: 'published', label: 'snapshot' })
  built.push(first!.run)
  expect(await done('status', name)).toContain(`last run ${first!.run}: complete`)
  expect(await done('report', name)).not.toContain('ews since')
})

test('the next has its news, and is published in its place', async () => {
  await source(`alter table item add price decimal(8,2); create table fresh (id int primary key);
    insert into item values (4, 0, 9.90)`)
  expect((await type('schedule', name)).code).toBe(0)
  const second = await night()
  expect([second.code, second.stdout]).toEqual([0, expect.stringContaining(`News since ${built[0]} (2)`)])
  const news = await done('report', name)
  expect(news).toMatch(/table new +fresh: is new\n/)
  expect(news).toMatch(/column new +item\.price: is new: decimal\(8,2\) becomes numeric\(8,2\)\n/)
  expect(await people(ITEMS)).toEqual([{ items: 4, sales: 2 }])
  built.push(second.run)
  expect((await runs()).map(({ run, published }) => [run, published])).toEqual([
    [built[1], 'published'],
    [built[0], 'was published'],
  ])
  expect(await done('runs', name)).toMatch(/ published\n.* was published\n/)
})

test('a night whose decision is broken is incomplete, says so first, and leaves people what they have', async () => {
  await source('insert into item values (5, 2, null)')
  const broken = await night()
  expect(broken.code).toBe(4)
  expect(broken.stdout).toMatch(/^Run \S+ of \S+, version \d+: incomplete in .*item/)
  expect(broken.stdout).toMatch(/\n +not published\n/)
  expect(broken.stdout).toMatch(/News since \S+ \(\d\)\n +decision broken +item\.wanted: /)
  expect(await people(ITEMS)).toEqual([{ items: 4, sales: 2 }])
  expect(await done('status', name)).toMatch(/last run \S+: incomplete/)
  built.push(broken.run)
})

test('it is mended by an apply and a retry, and published by a person who was told what it is', async () => {
  const [broken, before] = built.toReversed()
  expect((await json<{ changed: boolean }>('apply', file)).changed).toBe(true)
  await done('retry', name)
  const mended = await type('status', name, '--watch')
  expect([mended.code, mended.stdout]).toEqual([
    0,
    expect.stringContaining(`publish ${name} --run ${broken} --execute`),
  ])
  expect(await people(ITEMS)).toEqual([{ items: 4, sales: 2 }])

  const shown = await done('publish', name, '--run', broken!)
  expect(shown).toContain('Nothing was changed')
  expect(shown).toMatch(/Not green.*best-effort/)
  expect(await people(ITEMS)).toEqual([{ items: 4, sales: 2 }])
  expect(await done('publish', name, '--run', broken!, '--execute')).toContain(`--run ${before} --execute`)
  expect(await people(ITEMS)).toEqual([{ items: 5, sales: 2 }])
  expect(await people('select max(wanted)::int as wanted from item')).toEqual([{ wanted: 2 }])
  expect((await runs())[0]).toMatchObject({ run: broken, published: 'published' })
})

test('there is a way back to the first, and clean leaves it and names what else was published', async () => {
  const [first] = built
  await done('publish', name, '--run', first!, '--execute')
  expect(await people(ITEMS)).toEqual([{ items: 3, sales: 2 }])
  const { generations } = await json<GenerationsDocument>('publish', name)
  expect(generations.map(({ run, published }) => [run, published])).toEqual(
    built.toReversed().map((run) => [run, run === first]),
  )
  const others = generations.filter(({ published }) => !published)
  const cleaned = await done('clean', name, '--execute')
  for (const { database } of others) expect(cleaned).toContain(database)
  expect(await people(ITEMS)).toEqual([{ items: 3, sales: 2 }])
  expect(await people(`select nspname from pg_namespace where nspname = 'nightferry'`)).toEqual([])
  expect((await type('runs', name)).code).toBe(2)
})
