import mysql from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sitDown, type Person } from '../support/cli.js'
import { load, misfits, onePlace } from '../support/one-moment.js'
import { mysql9Url, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** The same as `test/faults/snapshot.test.ts`, from a real MySQL 9. */

const RUNS = 10
const name = uniqueName('moment')
let person: Person

beforeAll(async () => {
  await onMysql(mysql9Url(), onePlace(name))
  await onPostgres(postgresUrl(), `create database ${name}`)
  person = await sitDown()
  const urls = { NIGHTFERRY_CONNECTION_SRC: mysql9Url(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
  await person.start(['up'], urls, 'Ctrl-C ends all')
}, 120_000)

afterAll(async () => {
  await person.leave()
  await onMysql(mysql9Url(), `drop database if exists ${name}`)
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

interface Report {
  readonly label: string
  readonly reading: { readonly snapshot: { readonly blockedMs: number; readonly position: string | null } | null }
}

const configFile = (): string =>
  person.write(
    `${name}.yaml`,
    `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\nconsistency: {read: snapshot}\nlimits: {parallelism: 4, chunk_bytes: 1MB}\n`,
  )

test(`MySQL 9 under 500 writes a second: no orphan and an exact total in ${RUNS} runs`, async () => {
  const file = configFile()
  const writers = await load(mysql9Url(name))
  const blocked: number[] = []
  try {
    for (let n = 0; n < RUNS; n++) {
      const { code, stderr } = await person.run(['run', file])
      const { label, reading } = JSON.parse((await person.run(['report', name, '--json'])).stdout) as Report
      const found = await misfits(postgresUrl(name))
      expect({ code, label, ...found }, stderr).toEqual({ code: 0, label: 'snapshot', orphans: 0, missing: 0 })
      expect(reading.snapshot?.position).toMatch(/:/)
      blocked.push(reading.snapshot?.blockedMs ?? Infinity)
    }
  } finally {
    const { rate, longestMs } = await writers.stop()
    console.log(
      `${rate} transactions/s, longest ${longestMs} ms; blocked for ${blocked.map((ms) => Math.round(ms)).join(', ')} ms`,
    )
  }
  expect(Math.max(...blocked)).toBeLessThan(100)
}, 600_000)

test('a SELECT of 20 s on MySQL 9 meanwhile stops no writer longer than the lock’s time, and no reader', async () => {
  const file = configFile()
  const reader = await mysql.createConnection({ uri: mysql9Url(name) })
  const writers = await load(mysql9Url(name))
  const long = reader.query('select count(*), sleep(20) from account where id = 1')
  let [isOver, longestRead] = [false, 0]
  const reading = (async () => {
    const another = await mysql.createConnection({ uri: mysql9Url(name) })
    while (!isOver) {
      const started = performance.now()
      await another.query('select v from account where id = 2')
      longestRead = Math.max(longestRead, performance.now() - started)
    }
    await another.end()
  })()
  try {
    const { code, stderr } = await person.run(['run', file])
    expect({ code, ...(await misfits(postgresUrl(name))) }, stderr).toEqual({ code: 0, orphans: 0, missing: 0 })
  } finally {
    isOver = true
    await reading
    const { longestMs } = await writers.stop()
    console.log(`longest transaction ${longestMs} ms, longest read ${Math.round(longestRead)} ms`)
    expect(Math.max(longestMs, longestRead)).toBeLessThan(1500)
    await long
    await reader.end()
  }
}, 120_000)
