import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { arrive, filesIn, processesOf, type Newcomer } from '../shared/newcomer.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** One command in an empty folder: embedded Temporal, workers, one run, the report, and nothing left running. */

const PASSWORD = 'p@ss:w/o?rd%20'
const HOSTS = ['%', 'localhost', '127.0.0.1']
let name: string
let person: Newcomer
let source: string
let target: string

beforeEach(async () => {
  name = uniqueName('quick')
  person = arrive()
  await onMysql(
    mysqlUrl(),
    `create database ${name}; create table ${name}.orders (id int primary key, flag tinyint(1));
     insert into ${name}.orders values (1, 1), (2, 0);
     ${HOSTS.map((host) => `create user ${name}@'${host}' identified by '${PASSWORD}'; grant all on ${name}.* to ${name}@'${host}';`).join('')}`,
  )
  const account = new URL(mysqlUrl(name))
  account.username = name
  source = account.href
  const server = new URL(postgresUrl())
  server.pathname = '/'
  target = server.href
})

afterEach(async () => {
  await person.leave()
  await onMysql(
    mysqlUrl(),
    `drop database if exists ${name}; ${HOSTS.map((host) => `drop user if exists ${name}@'${host}';`).join('')}`,
  )
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

const quick = async (env: Record<string, string> = { NIGHTFERRY_SOURCE_PASSWORD: PASSWORD }, from = source) =>
  await person.type(['quick', from, target], env).ended

const rows = async (): Promise<unknown> =>
  await onPostgres(postgresUrl(name), 'select id, flag::text as flag from orders order by id')

test('quick makes the target database of the source’s name, and leaves only its YAML and .nightferry', async () => {
  const { code, stdout, stderr } = await quick()
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^Run \S+ of \S+, version 1: complete in /)
  expect(await rows()).toEqual([
    { id: 1, flag: 'true' },
    { id: 2, flag: 'false' },
  ])
  expect(processesOf(person.folder)).toEqual([])
  const files = filesIn(person.folder)
  expect(files.map(({ path }) => path).filter((path) => !path.startsWith('.nightferry/'))).toEqual([`${name}.yaml`])
  const secret = files.filter(({ bytes }) => /p%40ss|p@ss/.test(bytes.toString('latin1')))
  expect(secret.map(({ path, mode }) => [path, mode])).toEqual([[`.nightferry/connections/${name}-mysql`, 0o600]])
  expect(stdout + stderr).not.toMatch(/p%40ss|p@ss/)
  expect(stderr).toContain(`.nightferry/connections/${name}-mysql`)
})

test('a command that could not begin leaves nothing in the way of the corrected one', async () => {
  const wrong = await quick({ NIGHTFERRY_SOURCE_PASSWORD: 'wrong' }, source.replace(name, `${name}x`))
  expect(wrong.code, wrong.stderr).toBe(1)
  expect(wrong.stderr).toMatch(/refuses the login/)
  expect(existsSync(join(person.folder, `${name}.yaml`))).toBe(false)
  expect(existsSync(join(person.folder, `.nightferry/connections/${name}-mysql`))).toBe(false)
  const right = await quick()
  expect(right.code, right.stderr).toBe(0)
})

test('quick joins the up of its folder, runs a YAML that was changed as it is, and refuses one of other databases', async () => {
  const first = await quick()
  expect(first.code, first.stderr).toBe(0)
  const up = await person.up()
  const state = join(person.folder, '.nightferry/up.json')
  expect(statSync(state).mode & 0o777).toBe(0o600)
  const yaml = join(person.folder, `${name}.yaml`)
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('casts: []', 'casts: [{column: orders.flag, to: smallint}]'))
  const joined = await quick()
  expect(joined.code, joined.stderr).toBe(0)
  expect(joined.stderr).toContain('Joins the `up` of this folder.')
  expect(joined.stderr).toContain(`${name}.yaml is there already and is run as it is.`)
  expect(await rows()).toEqual([
    { id: 1, flag: '1' },
    { id: 2, flag: '0' },
  ])
  expect(processesOf(person.folder).length).toBeGreaterThan(0)
  writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(`database: ${name}`, 'database: other'))
  const other = await quick()
  expect(other.code).toBe(1)
  expect(other.stderr).toMatch(/is not about this source and target\n.*nightferry run/)
  up.child.kill('SIGINT')
  expect((await up.ended).code).toBe(0)
  expect(existsSync(state)).toBe(false)
  await waitUntil('nothing to be left', () => processesOf(person.folder).length === 0, 20_000)
})
