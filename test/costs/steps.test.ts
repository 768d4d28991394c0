import mysql from 'mysql2/promise'
import pg from 'pg'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMachine, type Machine } from '../support/machine.js'

const CHUNKS = 5_000
const TABLES = 500
const MOST_EVENTS = 5_000

let machine: Machine

beforeAll(async () => {
  machine = await startMachine('costs', 'costs_empty', 'costs_chunks', 'costs_tables')
  await onSource(`${dropped('costs_empty')} CREATE TABLE nothing (id int NOT NULL PRIMARY KEY)`)
  await onSource(
    `${dropped('costs_chunks')} CREATE TABLE one (id int NOT NULL PRIMARY KEY, label varchar(20) NOT NULL);
     INSERT INTO one SELECT 1 + a.d + 10*b.d + 100*c.d + 1000*e.d, 'row' FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c, ${DIGITS} e
       WHERE a.d + 10*b.d + 100*c.d + 1000*e.d < ${CHUNKS}`,
  )
  await onSource(`${dropped('costs_tables')} ${Array.from({ length: TABLES }, (_, i) => smallTable(i)).join(' ')}`)
  await machine.startWorker('control')
  await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

test('a database with one empty table goes from the typed command to its report in under 3 s', async () => {
  // Once before, so that the workers have loaded what they load once.
  await run('warm', 'costs_empty')
  const { seconds, stdout } = await run('empty', 'costs_empty')
  console.log(`empty: ${seconds.toFixed(2)} s`)
  expect(stdout).toMatch(/complete/)
  expect(seconds).toBeLessThan(3)
}, 120_000)

test(`${CHUNKS} chunks of one row each take under 60 s, and no history passes ${MOST_EVENTS} events`, async () => {
  const { seconds } = await run('chunks', 'costs_chunks', '\nlimits: {chunk_bytes: 1B}')
  const [ledger] = await onTarget(
    'chunks',
    `select count(*)::int as rows, sum(rows_loaded)::int as loaded from nightferry.chunk where state = 'done'`,
  )
  const longest = await longestHistory('chunks')
  console.log(
    `chunks: ${seconds.toFixed(1)} s, ${String(ledger?.['rows'])} ledger rows, longest history ${longest} events`,
  )
  expect(ledger).toEqual({ rows: CHUNKS, loaded: CHUNKS })
  expect(longest).toBeGreaterThan(0)
  expect(longest).toBeLessThanOrEqual(MOST_EVENTS)
  expect(seconds).toBeLessThan(60)
}, 240_000)

test(`${TABLES} tables of ten rows with three indexes each take under 30 s`, async () => {
  const { seconds } = await run('tables', 'costs_tables')
  const [made] = await onTarget(
    'tables',
    `select (select count(*)::int from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace) as tables,
            (select count(*)::int from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace and i.indisvalid) as indexes,
            (select sum(rows_loaded)::int from nightferry.chunk) as rows`,
  )
  console.log(`tables: ${seconds.toFixed(1)} s, ${JSON.stringify(made)}`)
  expect(made).toEqual({ tables: TABLES, indexes: TABLES * 4, rows: TABLES * 10 })
  expect(seconds).toBeLessThan(30)
}, 240_000)

const DIGITS =
  '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)'

const dropped = (database: string): string =>
  `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database}; USE ${database};`

const smallTable = (i: number): string =>
  `CREATE TABLE t${i} (id int NOT NULL PRIMARY KEY, a int, b varchar(20), c datetime, KEY a (a), KEY b (b), UNIQUE KEY c (c, id));
   INSERT INTO t${i} SELECT d, d * 2, concat('b', d), '2024-01-01' FROM ${DIGITS} x;`

/** From the typed command to its exit. */
async function run(name: string, database: string, more = ''): Promise<{ seconds: number; stdout: string }> {
  await onTarget('postgres', `drop database if exists ${name} with (force)`)
  const file = machine.writeConfig(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: ${database.replaceAll('_', '-')}}\ntarget: {connection: dst, database: ${name}}\npublish: {mode: in-place}${more}\n`,
  )
  const begun = performance.now()
  const { code, stdout, stderr } = await machine.nightferry('run', file).ended
  const seconds = (performance.now() - begun) / 1000
  expect(code, stderr).toBe(0)
  return { seconds, stdout }
}

/** Events of the longest execution of a migration's workflows. */
async function longestHistory(migration: string): Promise<number> {
  const connection = await Connection.connect({ address: machine.temporal.address })
  try {
    const client = new Client({ connection })
    let longest = 0
    for await (const { workflowId, historyLength } of client.workflow.list()) {
      if (workflowId.includes(`/${migration}`)) longest = Math.max(longest, historyLength ?? 0)
    }
    return longest
  } finally {
    await connection.close()
  }
}

async function onSource(sql: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: machine.mysql.url, multipleStatements: true })
  try {
    await connection.query(sql)
  } finally {
    await connection.end()
  }
}

async function onTarget(database: string, sql: string): Promise<Record<string, unknown>[]> {
  const url = new URL(machine.postgres.url)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
