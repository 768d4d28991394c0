import { afterEach, beforeEach, expect, test } from 'vitest'
import { compareDatabases } from '../../scripts/independent-check/compare.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'
import { loadDataset, type DatasetName } from './datasets/load.js'
import { arrive, processesOf, type Newcomer } from './newcomer.js'
import { holdTable } from './target-facts.js'

let name: string
let newcomer: Newcomer
let letGo: () => Promise<void>

beforeEach(() => (newcomer = arrive()))

afterEach(async () => {
  await letGo()
  await newcomer.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

/** Loads a dataset of which one table cannot be read until it is let go. */
async function load(dataset: DatasetName, held: string): Promise<[string, string]> {
  name = uniqueName(dataset)
  await loadDataset(dataset, mysqlUrl(), name)
  letGo = await holdTable(mysqlUrl(name), held)
  return [mysqlUrl(name), postgresUrl(name)]
}

/** Somebody's lock is in the way of the snapshot as well, which is tried for a minute. */
async function untilHeld(): Promise<void> {
  const waiting = `select id from information_schema.processlist where db = '${name}' and state like 'Waiting for table metadata lock%' and info like 'SELECT%'`
  await waitUntil('somebody who waits', async () => (await onMysql(mysqlUrl(), waiting)).length > 0, 150_000)
}

const differences = async (urls: [string, string]): Promise<string[]> =>
  (await compareDatabases(...urls)).flatMap((verdict) => verdict.differences)

test('Ctrl-C in the middle of quick leaves nothing running, and the same command goes on with the same run', async () => {
  const urls = await load('employees', 'salary')
  const first = newcomer.type(['quick', ...urls])
  await untilHeld()
  first.child.kill('SIGINT')
  const left = await first.ended
  expect(left.code, left.stderr).toBe(4)
  expect(left.stderr).toContain('the same command goes on where it was')
  expect(processesOf(newcomer.folder)).toEqual([])

  const chunks = `select table_ordinal, ordinal, epoch from nightferry.chunk where state = 'done' order by 1, 2`
  const before = await onPostgres(postgresUrl(name), chunks)
  await letGo()
  const second = await newcomer.type(['quick', ...urls]).ended
  expect(second.code, second.stderr).toBe(0)
  const [, run] = /run (\S+) is not over/.exec(left.stderr) ?? []
  expect(second.stderr).toContain(`Run ${run} goes on where it was`)
  expect(second.stdout).toMatch(new RegExp(`^Run ${run} of `))
  // What was copied before was not copied again.
  expect(await onPostgres(postgresUrl(name), chunks)).toEqual(expect.arrayContaining(before))
  expect(await differences(urls)).toEqual([])
})

test('killed or interrupted while it reads the source, it leaves nothing running, and the same command works', async () => {
  // Whether sakila's customers are active is looked up before anything is made.
  const urls = await load('sakila', 'customer')
  const killed = newcomer.type(['quick', ...urls])
  await untilHeld()
  killed.child.kill('SIGKILL')
  await killed.ended
  await waitUntil('nothing to run', () => processesOf(newcomer.folder).length === 0, 30_000)

  const again = newcomer.type(['quick', ...urls])
  await waitUntil('the apply that broke off', () => again.said().includes('goes on first'), 60_000)
  again.child.kill('SIGINT')
  const interrupted = await again.ended
  expect(interrupted.code, interrupted.stderr).toBe(4)
  expect(processesOf(newcomer.folder)).toEqual([])

  await letGo()
  const last = await newcomer.type(['quick', ...urls]).ended
  expect(last.code, last.stderr).toBe(0)
  expect(await differences(urls)).toEqual([])
})
