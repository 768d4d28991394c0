import { afterAll, expect, test } from 'vitest'
import type { CopyAnswer, PublishAnswer } from '../../workflows/messages.js'
import { withReader } from '../support/aside.js'
import { cliMigration } from '../support/cli-migration.js'
import { onPostgres, postgresUrl } from '../support/servers.js'

/** Copies for CI, and a publish that is looked at first, as somebody types it. */

const migration = cliMigration('copies', `create table item (id int primary key); insert into item values (1), (2)`)
const { name, file } = migration
const shop = `${name}_pub`

const config = `migration: ${name}
source: {connection: src}
target: {connection: dst, database: ${shop}}
copies: {ci: {keep: 2}}
`

const databases = async (): Promise<string[]> =>
  (await onPostgres(postgresUrl(), `select datname from pg_database where datname like '${shop}%' order by 1`)).map(
    ({ datname }) => String(datname),
  )

afterAll(async () => {
  for (const one of await databases()) await onPostgres(postgresUrl(), `drop database "${one}" with (force)`)
})

const type = async (...args: string[]) => await migration.person.run(args)

const json = async <T>(...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await type(...args, '--json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as T
}

test('is of what is published, named in the list, and gone when that is asked for twice', async () => {
  migration.person.write(file, config)
  expect((await type('publish', name)).code).toBe(2)
  expect((await type('run', file)).code).toBe(0)
  const [{ run }] = (await json<{ generations: [{ run: string }] }>('publish', name)).generations
  await withReader(shop, async (reader) => {
    const made = await json<CopyAnswer>('copy', name, 'ci-1234')
    expect(made).toMatchObject({ format: 1, name: 'ci-1234', database: `${shop}_ci_1234`, run, done: 'made' })
    expect((await reader.query('select count(*)::int as n from item')).rows).toEqual([{ n: 2 }])
  })
  expect(await onPostgres(postgresUrl(`${shop}_ci_1234`), 'select id from item order by id')).toEqual([
    { id: 1 },
    { id: 2 },
  ])
  // `ci` was made by the run itself.
  const listed = (await type('copy', name)).stdout.split('\n').map((line) => line.split(/ +/).slice(0, 3))
  expect(listed.slice(1, 3)).toEqual([
    ['ci', `${shop}_ci`, run],
    ['ci-1234', `${shop}_ci_1234`, run],
  ])
  const look = await type('copy', name, 'ci-1234', '--drop')
  expect([look.code, look.stdout]).toEqual([0, expect.stringContaining('Nothing was changed: --execute does it.')])
  expect(await databases()).toContain(`${shop}_ci_1234`)
  expect((await type('copy', name, 'ci-1234', '--drop', '--execute')).stdout).toContain(`Dropped ${shop}_ci_1234`)
  expect(await databases()).not.toContain(`${shop}_ci_1234`)
  const gone = await type('copy', name, 'ci-1234', '--drop', '--execute')
  expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining('There are these: ci.')])
})

test('an earlier generation is shown with its label, and published for whoever says so, with who was sent out', async () => {
  expect((await type('run', file)).code).toBe(0)
  const { generations } = await json<{ generations: { run: string; published: boolean }[] }>('publish', name)
  const [second, first] = generations.map(({ run }) => run)
  expect(generations.map(({ published }) => published)).toEqual([true, false])
  const shown = await json<PublishAnswer>('publish', name, '--run', first!)
  expect(shown).toMatchObject({ executed: false, label: 'snapshot', notGreen: null, now: second, published: null })
  await withReader(shop, async () => {
    const done = await json<PublishAnswer>('publish', name, '--run', first!, '--execute', '--by', 'ada')
    expect(done).toMatchObject({ executed: true, run: first, published: { previous: { run: second } }, unkept: null })
    expect(done.published?.ended.map(({ application }) => application)).toEqual(['ci'])
  })
  const again = await type('publish', name, '--run', first!, '--execute')
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(`Published as ${shop} already`)])
  const report = (await type('report', name, '--run', first!)).stdout
  expect(report).toMatch(/\n +published\n(.*\n)* +Published by ada, 20/)
  expect((await type('holds', name)).stdout).toMatch(/publish +ada/)
})

test('what is meant wrongly is wrong usage, and says what is right', async () => {
  const which = await type('publish', name, '--execute')
  expect([which.code, which.stderr]).toEqual([2, expect.stringContaining('--execute needs --run')])
  expect((await type('copy', name, '--drop')).code).toBe(2)
  expect((await type('publish', name, '--run', '20200101-000000')).stderr).toContain('There is no run 20200101-000000')
  expect((await type('copy', name, 'Not a name')).stderr).toContain('small letters, digits')
})
