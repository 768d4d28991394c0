import { afterEach, beforeEach, expect, test } from 'vitest'
import { compareDatabases } from '../../scripts/independent-check/compare.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'
import { loadDataset } from './datasets/load.js'
import { arrive, processesOf, type Newcomer } from './newcomer.js'
import { holdTable } from './target-facts.js'

const name = uniqueName('employees')
let newcomer: Newcomer
let letGo: () => Promise<void>

beforeEach(async () => {
  newcomer = arrive()
  await loadDataset('employees', mysqlUrl(), name)
  letGo = await holdTable(mysqlUrl(name), 'salary')
})

afterEach(async () => {
  await letGo()
  await newcomer.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

test('Ctrl-C in the middle of quick leaves nothing running, and the same command goes on with the same run', async () => {
  const urls = [mysqlUrl(name), postgresUrl(name)]
  const first = newcomer.type(['quick', ...urls])
  const waiting = `select id from information_schema.processlist where db = '${name}' and state like 'Waiting for table metadata lock%'`
  await waitUntil('the copy of salary', async () => (await onMysql(mysqlUrl(), waiting)).length > 0, 60_000)
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
  const verdicts = await compareDatabases(urls[0] ?? '', urls[1] ?? '')
  expect(verdicts.flatMap(({ differences }) => differences)).toEqual([])
})
