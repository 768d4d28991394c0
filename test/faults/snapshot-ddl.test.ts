import mysql from 'mysql2/promise'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMachine, type Machine } from '../support/machine.js'
import { onMysql, onPostgres } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

/** Test 5 of the order: what people do to tables while a run reads them. */

const name = 'ddl'
const ROWS = 100_000
const TABLES = ['altered', 'calm', 'instant', 'swapped', 'truncated'] as const
let machine: Machine
let url: string

const CHANGES: Readonly<Record<Exclude<(typeof TABLES)[number], 'calm'>, string>> = {
  altered: 'alter table altered modify v varchar(700) not null, algorithm=copy',
  instant: 'alter table instant add column w int default 7, algorithm=instant',
  swapped: 'rename table swapped to swapped_old, swapped_new to swapped',
  truncated: 'truncate table truncated',
}

const make = (table: string): string =>
  `create table ${table} (id int primary key, v varchar(600) not null) engine=innodb;
   insert into ${table} select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, repeat('${table.slice(0, 4)}', 100) from d a, d b, d c, d e, d f;`

async function fill(): Promise<void> {
  await onMysql(
    machine.mysql.url,
    `drop database if exists ${name}; create database ${name}; use ${name}; create table d (d int primary key);
     insert into d values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9); ${TABLES.map(make).join(' ')} ${make('swapped_new')}`,
  )
}

beforeAll(async () => {
  machine = await startMachine('faults', name)
  url = `${machine.mysql.url}/${name}`
  await machine.startWorker('control')
  await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

/** Somebody who reads all tables, one row at a time: the longest that a statement took. */
function reader(): { stop(): Promise<number> } {
  let [isOver, longest] = [false, 0]
  const work = (async () => {
    const connection = await mysql.createConnection({ uri: url })
    while (!isOver) {
      for (const table of TABLES) {
        const started = performance.now()
        await connection.query(`select v from ${table} limit 1`)
        longest = Math.max(longest, performance.now() - started)
      }
      await delay(50)
    }
    await connection.end()
  })()
  return {
    async stop() {
      isOver = true
      await work
      return longest
    },
  }
}

interface Found {
  readonly table: string
  readonly state: string
  readonly kind: string | null
}

test.each(['snapshot', 'best-effort'])(
  'under %s an ALTER, a TRUNCATE, a swap and an instant column park their tables or do them no harm, and no reader of the source waits',
  async (read) => {
    await fill()
    const database = `ddl_${read.replace('-', '_')}`
    const target = new URL(machine.postgres.url)
    target.pathname = `/${database}`
    await onPostgres(machine.postgres.url, `drop database if exists ${database} with (force)`)
    const file = machine.writeConfig(
      `${database}.yaml`,
      `migration: ${database}\nsource: {connection: src}\ntarget: {connection: dst, database: ${database}}\n` +
        `tables: {exclude: [d, swapped_new]}\nconsistency: {read: ${read}}\nlimits: {parallelism: 2, chunk_bytes: 2MB}\n`,
    )
    const run = machine.nightferry('run', file)
    const reading = reader()
    const waits: string[] = []
    try {
      await Promise.all(
        Object.entries(CHANGES).map(async ([table, sql]) => {
          await waitUntil(`the first rows of ${table}`, () => hasBegun(target.href, table), 120_000, 20)
          const started = performance.now()
          await onMysql(url, sql)
          waits.push(`${table} ${Math.round(performance.now() - started)}`)
        }),
      )
    } finally {
      const longest = await reading.stop()
      console.log(`${read}: longest read ${Math.round(longest)} ms; changes took ${waits.join(', ')} ms`)
      expect(longest).toBeLessThan(2500)
    }
    const { code, stderr } = await run.ended
    const found = await tables(target.href)
    console.log(
      found.map(({ table, state, kind }) => `${table}: ${state}${kind === null ? '' : ` (${kind})`}`).join(', '),
    )
    expect(found).toHaveLength(TABLES.length)
    expect(
      found.find(({ table }) => table === 'calm'),
      stderr,
    ).toMatchObject({ state: 'done' })
    expect(code).toBe(found.every(({ state }) => state === 'done') ? 0 : 4)
    expect(new Set(found.filter(({ state }) => state !== 'done').map(({ kind }) => kind))).toEqual(
      new Set(['schema-changed']),
    )
    for (const { table } of found.filter(({ state }) => state === 'done')) await isWhole(target.href, table)
  },
  240_000,
)

async function hasBegun(target: string, table: string): Promise<boolean> {
  const rows = await onPostgres(
    target,
    `select 1 from nightferry.chunk c join nightferry.run r using (run)
     join nightferry.version_table t on t.version = r.version and t.ordinal = c.table_ordinal
     where t.source_name = '${table}' and c.state = 'done'`,
  )
  return rows.length > 0
}

const tables = async (target: string): Promise<Found[]> =>
  (await onPostgres(
    target,
    `select v.source_name as table, t.state, (select kind from nightferry.failure f where f.run = t.run and f.table_ordinal = t.table_ordinal order by id limit 1) as kind
     from nightferry.run_table t join nightferry.run r using (run)
     join nightferry.version_table v on v.version = r.version and v.ordinal = t.table_ordinal order by 1`,
  )) as unknown as Found[]

/** All rows of one definition: as they were before the change. */
async function isWhole(target: string, table: string): Promise<void> {
  const [row] = await onPostgres(target, `select count(*)::int as n, count(distinct v)::int as texts from ${table}`)
  expect({ table, ...row }).toEqual({ table, n: ROWS, texts: 1 })
}
