import mysql from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMachine, type Machine } from '../support/machine.js'
import { load, misfits, onePlace } from '../support/one-moment.js'
import { onMysql, onPostgres } from '../support/servers.js'

/** Test 4 of the order: one moment under 500 writes a second, and what best-effort makes of the same. */

const name = 'one_moment'
const RUNS = 10
let machine: Machine
let url: string

beforeAll(async () => {
  machine = await startMachine('faults', name)
  await onMysql(machine.mysql.url, onePlace(name))
  url = `${machine.mysql.url}/${name}`
  await machine.startWorker('control')
  await machine.startWorker('data')
}, 240_000)

afterAll(async () => await machine?.stop(), 60_000)

interface Outcome {
  readonly code: number | null
  readonly stderr: string
  readonly label: string
  readonly blockedMs: number
  readonly orphans: number
  readonly missing: number
}

async function run(read: 'snapshot' | 'best-effort'): Promise<Outcome> {
  const database = read.replace('-', '_')
  const target = new URL(machine.postgres.url)
  target.pathname = `/${database}`
  await onPostgres(machine.postgres.url, `drop database if exists ${database} with (force)`)
  const file = machine.writeConfig(
    `${database}.yaml`,
    `migration: ${database}\nsource: {connection: src}\ntarget: {connection: dst, database: ${database}}\n` +
      `consistency: {read: ${read}}\npublish: {mode: in-place}\nlimits: {parallelism: 4, chunk_bytes: 1MB}\n`,
  )
  const { code, stderr } = await machine.nightferry('run', file).ended
  const { label, reading } = JSON.parse((await machine.nightferry('report', database, '--json').ended).stdout) as {
    label: string
    reading?: { snapshot: { blockedMs: number } | null }
  }
  return { code, stderr, label, blockedMs: reading?.snapshot?.blockedMs ?? 0, ...(await misfits(target.href)) }
}

test(`a snapshot under 500 writes a second: no orphan and an exact total in ${RUNS} runs, writers blocked for less than 100 ms`, async () => {
  const writers = await load(url)
  const outcomes: Outcome[] = []
  try {
    for (let n = 0; n < RUNS; n++) outcomes.push(await run('snapshot'))
  } finally {
    const { rate, longestMs } = await writers.stop()
    console.log(
      `${rate} transactions/s, longest ${longestMs} ms; blocked for ${outcomes.map((one) => `${Math.round(one.blockedMs)}`).join(', ')} ms`,
    )
    expect(rate).toBeGreaterThan(300)
  }
  for (const { code, stderr, label, orphans, missing, blockedMs } of outcomes) {
    expect({ code, label, orphans, missing }, stderr).toEqual({ code: 0, label: 'snapshot', orphans: 0, missing: 0 })
    expect(blockedMs).toBeLessThan(100)
  }
  expect(outcomes).toHaveLength(RUNS)
}, 600_000)

test('a SELECT of 20 s meanwhile stops no writer longer than the lock’s time', async () => {
  const reader = await mysql.createConnection({ uri: url })
  const writers = await load(url)
  const long = reader.query('select count(*), sleep(20) from account where id = 1')
  try {
    const { code, label, orphans, missing, stderr } = await run('snapshot')
    expect({ code, label, orphans, missing }, stderr).toEqual({ code: 0, label: 'snapshot', orphans: 0, missing: 0 })
  } finally {
    const { longestMs } = await writers.stop()
    console.log(`longest transaction ${longestMs} ms`)
    expect(longestMs).toBeLessThan(1500)
    await long
    await reader.end()
  }
}, 120_000)

test('best-effort shows an orphan or a wrong total in three tries', async () => {
  const writers = await load(url)
  try {
    const outcomes = []
    for (let n = 0; n < 3; n++) outcomes.push(await run('best-effort'))
    console.log(
      outcomes.map(({ code, orphans, missing }) => `exit ${code}: ${orphans} orphans, ${missing} off`).join('; '),
    )
    expect(outcomes.some(({ orphans, missing }) => orphans > 0 || missing > 0)).toBe(true)
    for (const { label } of outcomes) expect(label).toBe('best-effort')
  } finally {
    await writers.stop()
  }
}, 300_000)
