import mysql from 'mysql2/promise'
import { expect, test } from 'vitest'
import { cliMigration, yamlOf } from '../support/cli-migration.js'
import { load, misfits, onePlace } from '../support/one-moment.js'
import { mysql9Url, postgresUrl } from '../support/servers.js'

/** The same as `test/faults/snapshot.test.ts`, from a real MySQL 9. */

const RUNS = 10
const migration = cliMigration('moment', onePlace, mysql9Url)
const { name } = migration

interface Report {
  readonly label: string
  readonly reading: { readonly snapshot: { readonly blockedMs: number; readonly position: string | null } | null }
}

const configFile = (): string =>
  migration.person.write(
    migration.file,
    yamlOf(name, 'consistency: {read: snapshot}\nlimits: {parallelism: 4, chunk_bytes: 1MB}\n'),
  )

test(`MySQL 9 under 500 writes a second: no orphan and an exact total in ${RUNS} runs`, async () => {
  const file = configFile()
  const writers = await load(mysql9Url(name))
  const blocked: number[] = []
  try {
    for (let n = 0; n < RUNS; n++) {
      const { code, stderr } = await migration.person.run(['run', file])
      const { label, reading } = JSON.parse((await migration.person.run(['report', name, '--json'])).stdout) as Report
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
  let [isOver, longestRead, longestWrite] = [false, 0, Infinity]
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
    const { code, stderr } = await migration.person.run(['run', file])
    expect({ code, ...(await misfits(postgresUrl(name))) }, stderr).toEqual({ code: 0, orphans: 0, missing: 0 })
  } finally {
    isOver = true
    await reading
    longestWrite = (await writers.stop()).longestMs
    await long
    await reader.end()
  }
  console.log(`longest transaction ${longestWrite} ms, longest read ${Math.round(longestRead)} ms`)
  expect(Math.max(longestWrite, longestRead)).toBeLessThan(1500)
}, 120_000)
