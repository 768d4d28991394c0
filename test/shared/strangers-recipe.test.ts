import { execFile } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EvidenceFile } from '../../core/evidence.js'
import { sitDown, type Person } from '../support/cli.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** A stranger has a file of evidence, psql, mariadb and sha256sum. */

const RECIPE = fileURLToPath(new URL('../../scripts/strangers-recipe/check.sh', import.meta.url))
const name = uniqueName('stranger')
let person: Person
let evidence = ''

beforeAll(async () => {
  await onMysql(mysqlUrl(), `create database ${name} character set utf8mb4; use ${name}; ${TABLES}`)
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  const urls = { NIGHTFERRY_CONNECTION_SRC: mysqlUrl(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  await person.start(['up'], urls, 'Ctrl-C ends all')
  const limits = 'limits: {chunk_bytes: 64KB}'
  person.write(
    's.yaml',
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\npublish: {mode: in-place}\n${limits}\n`,
  )
  await succeed('run', 's.yaml')
  evidence = join(person.folder, 'evidence.json')
  await succeed('report', name, '--evidence', 'evidence.json', '--json')
})

async function succeed(...args: string[]): Promise<void> {
  const { code, stderr } = await person.run(args)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
}

afterAll(async () => {
  await person.leave()
  await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

/** Every type of the recipe, with what is awkward in each; keys of one and of several columns, of text, and none. */
const TABLES = `
  create table big (id bigint primary key, pad varchar(200));
  insert into big values ${Array.from({ length: 5000 }, (_, n) => `(${n - 2000}, repeat(sha2(${n}, 256), 2))`).join()};
  create table mixed (a int, b decimal(10,2), c datetime(3), v varchar(40), t text, bin varbinary(20), e enum('x','it''s, ü'),
    flag tinyint(1), d date, h time(2), at timestamp(6) null, f bigint unsigned, y year, primary key (a, b desc));
  insert into mixed values
    (1, -0.50, '2020-01-02 03:04:05.120', 'tab\\there', 'a\\\\b\\nc\\rd', x'00ff5c', 'x', 1, '2020-02-29', '23:59:59.50',
      '2020-01-01 00:00:00.000100', 18446744073709551, 1999),
    (1, 12.34, '0001-01-01 00:00:00', 'é😀ß', '', '', 'it''s, ü', 0, '9999-12-31', '00:00:00', '2038-01-01 00:00:00', 0, 2155),
    (2, 0, null, '\\b\\Z', concat(char(11), char(12), 'x'), null, null, null, null, null, null, null, null);
  create table spoken (code varchar(20) primary key, n int);
  insert into spoken values ('a', 1), ('B', 2), ('ß', 3), ('tab\\t', 4), ('é', 5);
  create table loose (line text, x varbinary(9));
  insert into loose values ('twice', 'a'), ('twice', 'a'), (null, null), ('\\\\N', x'0a');
  create table document (id int primary key, body json);
  insert into document values (1, '{"b": 1, "a": [1.50]}');
  analyze table big`

async function recipe(source: boolean): Promise<{ code: number; out: string }> {
  const { hostname, port, username } = new URL(mysqlUrl())
  const options = source ? [`--host=${hostname}`, `--port=${port}`, `--user=${username}`, name] : []
  return await new Promise((resolve) => {
    execFile(RECIPE, [evidence, postgresUrl(name), ...options], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr })
    })
  })
}

test('the file says what it is, holds no value but keys, and only its owner reads it', () => {
  const { evidence: said, sha256 } = JSON.parse(readFileSync(evidence, 'utf8')) as EvidenceFile
  expect(said).toMatchObject({ format: 1, migration: name, version: 1, state: 'complete' })
  expect(said.proofs).toMatchObject([{ kind: 'load', verdict: 'equal', differences: 0 }])
  expect(said.tables.map(({ table, form }) => [table, form.form])).toEqual([
    ['big', 'ordered'],
    ['document', 'ordered'],
    ['loose', 'buckets'],
    ['mixed', 'ordered'],
    ['spoken', 'buckets'],
  ])
  expect(said.tables[0]!.parts.length).toBeGreaterThan(3)
  expect(said.tables.every(({ copied, proofs }) => copied?.rows === proofs[0]?.target?.rows)).toBe(true)
  expect(said.tables.every(({ copied, proofs }) => copied?.digest === proofs[0]?.target?.digest)).toBe(true)
  expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(readFileSync(evidence, 'utf8')).not.toMatch(/twice|there/)
  expect(statSync(evidence).mode & 0o77).toBe(0)
})

test('a stranger computes the same digests on the target and in the source', async () => {
  const target = await recipe(false)
  expect(target.code, target.out).toBe(0)
  const both = await recipe(true)
  expect(both.code, both.out).toBe(0)
  const [of, ofBoth] = [target, both].map(({ out }) => Number(/^(\d+) digests are/m.exec(out)?.[1]))
  expect(of).toBeGreaterThan(6)
  // All but the table with json.
  expect(ofBoth).toBe(2 * of! - 1)
  expect(both.out).toMatch(/document: not computed in the source, because of body \((json|longtext)\)/)
})

test('a stranger sees one changed row, on either side, and a changed file', async () => {
  await onPostgres(
    postgresUrl(name),
    `update big set pad = pad || ' ' where id = 77; update loose set line = 'once' where line = 'twice'`,
  )
  await onMysql(mysqlUrl(name), `update mixed set v = 'Tab\\there' where b < 0; delete from spoken where n = 5`)
  const { code, out } = await recipe(true)
  expect(code).toBe(1)
  expect(out).toMatch(/big part \d+ on the target: /)
  expect(out).toMatch(/loose on the target: /)
  expect(out).toMatch(/mixed part 0 on the source: /)
  expect(out).toMatch(/spoken on the source: 4 /)
  expect(out).toMatch(/, 4 are not/)
  const text = readFileSync(evidence, 'utf8')
  writeFileSync(evidence, text.replace('"differences":0', '"differences":1'))
  expect(await recipe(false)).toMatchObject({ code: 1, out: expect.stringMatching(/its first line says/) })
})
