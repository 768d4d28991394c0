import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from '../../client/embedded/child.js'
import { startMachine, type Machine } from '../support/machine.js'
import { waitUntil } from '../support/wait.js'

const ROWS = 2_000_000
const PARALLELISM = 4
const RESTART_AFTER_MS = 5_000

let machine: Machine
let data: Child

beforeAll(async () => {
  machine = await startMachine('faults', 'kills')
  await loadSource(machine.mysql.url)
  await machine.startWorker('control')
  data = await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

async function awayFor(server: Pick<Machine['temporal'], 'kill' | 'restart'>): Promise<void> {
  await server.kill()
  await new Promise((done) => setTimeout(done, RESTART_AFTER_MS))
  await server.restart()
}

/** Each kills one thing in the middle of the copy and brings it back. */
interface Fault {
  readonly strike: () => Promise<void>
  /** What whoever watches the run is told meanwhile. */
  readonly told: RegExp
}

const RETRIED = /attempt \d+/
const ANYTHING = /clone/

const FAULTS: Record<string, Fault> = {
  'the only data worker': {
    told: ANYTHING,
    strike: async () => {
      await data.kill()
      data = await machine.startWorker('data')
    },
  },
  Temporal: { told: ANYTHING, strike: async () => await awayFor(machine.temporal) },
  'the target': { told: RETRIED, strike: async () => await awayFor(machine.postgres) },
  'the source': { told: RETRIED, strike: async () => await awayFor(machine.mysql) },
}

test.each(Object.entries(FAULTS))(
  'SIGKILL of %s in the middle of 2,000,000 rows: complete, each row there once, only chunks in flight done again',
  async (what, { strike, told }) => {
    const name = what.toLowerCase().replaceAll(' ', '_')
    await statement(machine.postgres.url, `drop database if exists ${name} with (force)`)
    const file = machine.writeConfig(
      `${name}.yaml`,
      `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst, database: ${name}}\n` +
        `publish: {mode: in-place}\nlimits: {parallelism: ${PARALLELISM}, chunk_bytes: 2MB}\n`,
    )
    const run = machine.nightferry('run', file)
    const url = new URL(machine.postgres.url)
    url.pathname = `/${name}`
    const share = await copiedShare(url.href)
    await strike()
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(0)
    expect(share).toBeGreaterThanOrEqual(0.4)
    expect(share).toBeLessThanOrEqual(0.6)

    const counted = await rowsOf(
      url.href,
      'select count(*) as rows, count(distinct id) as keys, min(id) as first, max(id) as last from big',
    )
    expect(counted).toEqual([{ rows: String(ROWS), keys: String(ROWS), first: '1', last: String(ROWS) }])
    const [ledger] = await rowsOf(
      url.href,
      `select count(*)::int as chunks, count(*) filter (where epoch > 1)::int as again, count(*) filter (where state <> 'done')::int as open,
         sum(rows_read) as read, sum(rows_loaded) as loaded from nightferry.chunk`,
    )
    console.log(
      `${what}: struck at ${(share * 100).toFixed(0)} %, ${String(ledger?.['again'])} of ${String(ledger?.['chunks'])} chunks done again`,
    )
    expect(ledger).toMatchObject({ open: 0, read: String(ROWS), loaded: String(ROWS) })
    expect(ledger?.['again']).toBeLessThanOrEqual(PARALLELISM)
    expect(stderr).toMatch(told)
  },
  300_000,
)

/** Waits until two fifths of the rows are committed; the share that was. */
async function copiedShare(url: string): Promise<number> {
  const sum = `select coalesce(sum(rows_loaded), 0) as rows from nightferry.chunk where state = 'done'`
  let share = 0
  await waitUntil(
    'two fifths of the rows',
    async () => {
      const [row] = await rowsOf(url, sum).catch(() => [])
      share = Number(row?.['rows'] ?? 0) / ROWS
      return share >= 0.4
    },
    120_000,
  )
  return share
}

async function rowsOf(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

const statement = async (url: string, sql: string): Promise<void> => void (await rowsOf(url, sql))

async function loadSource(url: string): Promise<void> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
  const digits =
    '(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)'
  try {
    await connection.query(`DROP DATABASE IF EXISTS kills; CREATE DATABASE kills; USE kills;
      CREATE TABLE big (id bigint NOT NULL PRIMARY KEY, amount decimal(12,2) NOT NULL, label varchar(40) NOT NULL, at datetime(3) NOT NULL, note varchar(60));
      CREATE TABLE n (n int NOT NULL PRIMARY KEY);
      INSERT INTO n SELECT a.d + 10*b.d + 100*c.d + 1000*e.d FROM ${digits} a, ${digits} b, ${digits} c, ${digits} e;
      INSERT INTO big SELECT 1 + x.n + 10000 * y.n, (x.n * 7 % 100000) / 100, concat('label ', x.n), timestamp('2024-01-01') + interval x.n * y.n second, if(x.n % 3 = 0, NULL, concat('note ', y.n, ' of ', x.n))
        FROM n y STRAIGHT_JOIN n x WHERE y.n < ${ROWS / 10_000};
      DROP TABLE n`)
  } finally {
    await connection.end()
  }
}
