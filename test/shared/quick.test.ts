import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compareDatabases } from '../../scripts/independent-check/compare.js'
import type { ProofReport } from '../../core/proof.js'
import { mariadb11Url, mysql9Url, mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'
import { DATASETS, loadDataset, type DatasetName } from './datasets/load.js'
import { arrive, commandLines, filesIn, processesOf, type Ended, type Newcomer } from './newcomer.js'
import { foreignKeys, idsOfInserts, nextIdsOfSource } from './target-facts.js'

/** With every character that a URL, a shell or an option file stumbles over. */
const PASSWORD = `p@ss:w/o?r#d%20 'ü"\\é`
const HOSTS = ['%', 'localhost']

interface Case {
  readonly dataset: DatasetName
  readonly from: string
  readonly url: (database?: string) => string
  readonly target: 15 | 18
}

const CASES: readonly Case[] = [
  { dataset: 'sakila', from: 'MariaDB', url: mysqlUrl, target: 15 },
  { dataset: 'chinook', from: 'MariaDB', url: mysqlUrl, target: 18 },
  { dataset: 'northwind', from: 'MariaDB', url: mysqlUrl, target: 15 },
  { dataset: 'employees', from: 'MariaDB', url: mysqlUrl, target: 18 },
  { dataset: 'sakila', from: 'MySQL 9', url: mysql9Url, target: 18 },
  { dataset: 'sakila', from: 'MariaDB 11.8', url: mariadb11Url, target: 15 },
]

describe.each(CASES)('$dataset of $from', ({ dataset, url, target }) => {
  const name = uniqueName(dataset)
  let newcomer: Newcomer

  beforeEach(async () => {
    newcomer = arrive()
    await loadDataset(dataset, url(), name)
    await onMysql(
      url(),
      // From localhost too: without it MariaDB takes the account for its anonymous one there.
      HOSTS.map(
        (host) =>
          `create user '${name}'@'${host}' identified by '${PASSWORD.replaceAll(/['\\]/g, '\\$&')}';
           grant all privileges on \`${name}\`.* to '${name}'@'${host}'`,
      ).join(';'),
    )
  })

  afterEach(async () => {
    await newcomer.leave()
    await onMysql(url(), `drop database if exists \`${name}\``)
    for (const host of HOSTS) await onMysql(url(), `drop user if exists '${name}'@'${host}'`)
    await onPostgres(postgresUrl(undefined, target), `drop database if exists ${name} with (force)`)
  })

  /** Every row equal, every foreign key proved, and the next insert gets the id that the source would give. */
  async function expectMigrated(): Promise<void> {
    const [from, to] = [url(name), postgresUrl(name, target)]
    const verdicts = await compareDatabases(from, to)
    expect(verdicts.flatMap(({ differences }) => differences)).toEqual([])
    const rows = verdicts.reduce((sum, verdict) => sum + verdict.rows, 0)
    expect({ tables: verdicts.length, rows }).toEqual({
      tables: DATASETS[dataset].tables,
      rows: DATASETS[dataset].rows,
    })
    const keys = await foreignKeys(from, to)
    expect(keys).toEqual({ source: DATASETS[dataset].foreignKeys, validated: keys.source, notValidated: 0 })
    expect(await idsOfInserts(to)).toEqual(await nextIdsOfSource(from))
  }

  test('comes over by two URLs, is equal in plain SQL, takes inserts, and the YAML that is left runs again', async () => {
    const account = new URL(url(name))
    account.username = name
    const typed = newcomer.type(['quick', account.href, postgresUrl(name, target)], { MYSQL_PWD: PASSWORD })
    const seen = new Set<string>()
    const watch = setInterval(() => commandLines().forEach((line) => seen.add(line)), 500)
    const quick = await typed.ended
    clearInterval(watch)
    expect(quick.code, quick.stderr).toBe(0)
    expect(quick.stdout).toMatch(/^Run \S+ of \S+, version 1: complete in /)
    expect(processesOf(newcomer.folder)).toEqual([])
    await expectMigrated()
    expectSecret(newcomer.folder, name, [...seen, quick.stdout, quick.stderr])

    const up = await newcomer.up()
    const run = await newcomer.type(['run', `${name}.yaml`]).ended
    expect(run.code, run.stderr).toBe(0)
    const report = await newcomer.type(['report', name, '--json']).ended
    expect(JSON.parse(report.stdout)).toMatchObject({ migration: name, summary: { version: 1, state: 'complete' } })
    const verified = await newcomer.type(['verify', name, '--source', '--witness', 'all', '--json']).ended
    expectProved(verified, DATASETS[dataset].tables)
    const schema = await newcomer.type(['verify', name, '--schema', '--json']).ended
    expect([schema.code, JSON.parse(schema.stdout)]).toMatchObject([0, { differences: [] }])
    up.child.kill('SIGINT')
    expect((await up.ended).code).toBe(0)
    expect(processesOf(newcomer.folder)).toEqual([])
    await expectMigrated()
    expectSecret(newcomer.folder, name, [run.stdout, run.stderr, report.stdout, up.said()])
  })
})

/** Target, source and witness agree about every row of every table; a table of nothing but unwitnessed columns is none of ours. */
function expectProved({ code, stdout, stderr }: Ended, tables: number): void {
  expect(code, stdout + stderr).toBe(0)
  const {
    verdict,
    differences,
    tables: proofs,
  } = JSON.parse(stdout) as Omit<ProofReport, 'differences'> & {
    differences: unknown[]
  }
  expect({ verdict, differences }).toEqual({ verdict: 'equal', differences: [] })
  expect(proofs.length).toBe(tables)
  for (const { table, rowsSource, rowsTarget, witness } of proofs)
    expect({ table, rowsTarget, witnessed: witness?.rows, agrees: witness?.agrees }).toEqual({
      ...{ table, rowsTarget: rowsSource, witnessed: rowsSource, agrees: true },
    })
}

/** Histories lie in Temporal's file, where names can be read, so a password could; `said`: what was shown or listed. */
function expectSecret(folder: string, name: string, said: readonly string[]): void {
  const spellings = [PASSWORD, encodeURIComponent(PASSWORD), JSON.stringify(PASSWORD).slice(1, -1)]
  const tells = (text: string | Buffer): boolean => spellings.some((spelling) => text.includes(spelling))
  const files = filesIn(folder)
  const histories = files.filter(({ path }) => path.startsWith('.nightferry/temporal/temporal.db'))
  expect(histories.filter(({ bytes }) => bytes.includes(`${name}-mysql`))).not.toEqual([])
  const telling = files.filter(({ bytes }) => tells(bytes))
  expect(telling.map(({ path, mode }) => ({ path: path.replace(/[^/]+$/, ''), mode }))).toEqual([
    { path: '.nightferry/connections/', mode: 0o600 },
  ])
  expect(said.filter(tells)).toEqual([])
}
