import mysql from 'mysql2/promise'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { onMysql, onPostgres } from './servers.js'
import { waitUntil } from './wait.js'

/** What people do to tables while a run reads them, whichever server they are on. */

const ROWS = 100_000
const TABLES = ['altered', 'calm', 'instant', 'swapped', 'truncated'] as const

const CHANGES: Readonly<Record<Exclude<(typeof TABLES)[number], 'calm'>, string>> = {
  altered: 'alter table altered modify v varchar(700) not null, algorithm=copy',
  instant: 'alter table instant add column w int default 7, algorithm=instant',
  swapped: 'rename table swapped to swapped_old, swapped_new to swapped',
  truncated: 'truncate table truncated',
}

const make = (table: string): string =>
  `create table ${table} (id int primary key, v varchar(600) not null) engine=innodb;
   insert into ${table} select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d, repeat('${table.slice(0, 4)}', 100) from d a, d b, d c, d e, d f;`

export const tablesToChange = (name: string): string =>
  `drop database if exists ${name}; create database ${name}; use ${name}; create table d (d int primary key);
   insert into d values (0),(1),(2),(3),(4),(5),(6),(7),(8),(9); ${TABLES.map(make).join(' ')} ${make('swapped_new')}`

/** A run of them, in many chunks. */
export const configOfChanges = (migration: string, target: string, read: string): string =>
  `migration: ${migration}\nsource: {connection: src}\ntarget: {connection: dst${target}}\n` +
  `tables: {exclude: [d, swapped_new]}\nconsistency: {read: ${read}}\npublish: {mode: in-place}\nlimits: {parallelism: 2, chunk_bytes: 2MB}\n`

interface Ended {
  readonly code: number | null
  readonly stderr: string
}

/**
 * Changes each table as soon as its first rows are in the target of a run that was started just now; expects that tables
 * are parked or as they were before the change. The longest that a reader of the source waited is in milliseconds.
 */
export async function changeDuringRun(
  about: string,
  source: string,
  target: string,
  run: Promise<Ended>,
): Promise<{ longestRead: number }> {
  const reading = reader(source)
  const waits: string[] = []
  let longestRead = Infinity
  try {
    await Promise.all(
      Object.entries(CHANGES).map(async ([table, sql]) => {
        await waitUntil(`the first rows of ${table}`, () => hasBegun(target, table), 120_000, 20)
        const started = performance.now()
        await onMysql(source, sql)
        waits.push(`${table} ${Math.round(performance.now() - started)}`)
      }),
    )
  } finally {
    longestRead = await reading.stop()
    console.log(`${about}: longest read ${Math.round(longestRead)} ms; changes took ${waits.join(', ')} ms`)
  }
  const { code, stderr } = await run
  const found = await tables(target)
  console.log(
    found.map(({ table, state, kind }) => `${table}: ${state}${kind === null ? '' : ` (${kind})`}`).join(', '),
  )
  expect(found).toHaveLength(TABLES.length)
  const calm = found.find(({ table }) => table === 'calm')
  expect(calm, stderr).toMatchObject({ state: 'done' })
  expect(code).toBe(found.every(({ state }) => state === 'done') ? 0 : 4)
  const stopped = found.filter(({ state }) => state !== 'done')
  expect(stopped.filter(({ kind }) => kind !== 'schema-changed')).toEqual([])
  for (const { table } of found.filter(({ state }) => state === 'done')) await isWhole(target, table)
  return { longestRead }
}

/** Somebody who reads all tables, one row at a time: the longest that a statement took. */
function reader(url: string): { stop(): Promise<number> } {
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

interface Found {
  readonly table: string
  readonly state: string
  readonly kind: string | null
}

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
