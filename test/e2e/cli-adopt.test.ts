import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrive, type Ended, type Newcomer, type Typed } from '../shared/newcomer.js'
import { yamlOf } from '../support/cli-migration.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Temporal's storage is lost between two runs: what the target's ledger knows is taken up, and the next run goes on. */

const name = uniqueName('adopt')
const file = `${name}.yaml`
let person: Newcomer
let up: Typed

const connections = () => ({ NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) })

/** A Temporal of this folder's own, whose files may be deleted. */
async function startUp(): Promise<void> {
  up = person.type(['up'], connections())
  await waitUntil('nightferry up', () => up.said().includes('Ctrl-C ends all'), 60_000)
}

async function endUp(): Promise<void> {
  up.child.kill('SIGINT')
  await up.ended
}

const type = async (...args: string[]): Promise<Ended> => await person.type(args).ended

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await type(...args, '--json')
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as T
}

interface Runs {
  readonly runs: readonly { readonly run: string; readonly state: string; readonly version: number }[]
}

beforeAll(async () => {
  await onMysql(
    mysqlUrl(),
    `create database ${name}; use ${name}; create table item (id int primary key, label varchar(20));
     insert into item values (1, 'one'), (2, 'two')`,
  )
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = arrive()
  writeFileSync(join(person.folder, file), yamlOf(name))
  await startUp()
})

afterAll(async () => {
  up?.child.kill('SIGTERM')
  await up?.ended
  await person?.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

test('adopt takes up versions and runs that Temporal has lost, says which holds are gone, and the next run has the whole history', async () => {
  const nothing = await type('adopt', file)
  expect([nothing.code, nothing.stderr]).toEqual([1, expect.stringContaining('nothing to adopt')])

  expect((await type('run', file)).code).toBe(0)
  writeFileSync(join(person.folder, file), yamlOf(name, 'casts:\n  - {column: item.id, to: bigint}\n'))
  expect((await type('run', file)).code).toBe(0)
  const before = await json<Runs>('runs', name)
  expect(before.runs.map(({ state, version }) => [state, version])).toEqual([
    ['complete', 2],
    ['complete', 1],
  ])
  expect((await type('pause', name, '--reason', 'over the summer')).code).toBe(0)
  const known = await type('adopt', file)
  expect([known.code, known.stderr]).toEqual([1, expect.stringMatching(/2 versions, 2 runs/)])

  await endUp()
  const storage = join(person.folder, '.nightferry', 'temporal')
  expect(existsSync(storage)).toBe(true)
  rmSync(storage, { recursive: true })
  // A run that was under way is not under way any more.
  await onPostgres(
    postgresUrl(name),
    `update nightferry.run set state = 'running', phase = 'clone', ended_at = null where run = '${before.runs[0]?.run}'`,
  )
  await startUp()
  const lost = await type('runs', name)
  expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('knows no migration')])

  const adopted = await type('adopt', file)
  expect(adopted.code, adopted.stderr).toBe(0)
  expect(adopted.stdout).toContain('2 versions, 2 runs')
  expect(adopted.stdout).toMatch(/A hold of \S+ is gone \(over the summer\)/)
  expect(adopted.stdout).toContain(`${before.runs[0]?.run} was under way`)

  await onMysql(mysqlUrl(name), `insert into item values (3, 'three')`)
  const run = await type('run', file)
  expect(run.code, run.stderr).toBe(0)
  expect(run.stderr).toContain('version 2 stays')
  const after = await json<Runs>('runs', name)
  expect(after.runs.map(({ state, version }) => [state, version])).toEqual([
    ['complete', 2],
    ['incomplete', 2],
    ['complete', 1],
  ])
  const report = await json<{ summary: { rows: number } }>('report', name, '--run', before.runs[1]?.run ?? '')
  expect(report.summary.rows).toBe(2)
  expect(await onPostgres(postgresUrl(name), 'select count(*)::int as n from item')).toEqual([{ n: 3 }])
  const { holds } = await json<{ holds: readonly object[] }>('holds', name)
  expect(holds).toEqual([])
})

test('adopt refuses the ledger of another migration', async () => {
  writeFileSync(join(person.folder, 'other.yaml'), yamlOf(`${name}_other`))
  const { code, stderr } = await type('adopt', 'other.yaml')
  expect([code, stderr]).toEqual([1, expect.stringContaining(`belongs to the migration ${name}`)])
})
