import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { openPool } from '../../databases/postgres/connect.js'
import { parseUrl } from '../../databases/postgres/url.js'
import { night, NOTHING, TABLES, withGenerations } from '../support/generations.js'
import { longestGap, reading } from '../support/readers.js'
import { onPostgres } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

const SESSIONS = (name: string): string =>
  `SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE datname = '${name}' ORDER BY pid`

describe.each([15, 18] as const)('readers on PostgreSQL %i', (version) => {
  it('see only complete generations through 20 publishes, with a gap under 2 s each, and reconnect by themselves', async () => {
    await withGenerations(version, null, async (nightly) => {
      const { port, name, build } = nightly
      await build(night(1))
      await port.publish({ run: night(1), keep: 1, asCopy: false })
      const readers = [1, 2, 3].map(() => reading(nightly.url(name)))
      const closed: number[] = []
      try {
        for (let n = 2; n <= 21; n++) {
          await build(night(n))
          await waitUntil('all readers are in', () => readers.every(({ reads }) => reads.at(-1)?.nights[0] === n - 1))
          const done = await port.publish({ run: night(n), keep: 1, asCopy: false })
          expect(done).toMatchObject({ run: night(n), previous: { run: night(n - 1) } })
          expect(done.ended.length).toBeGreaterThanOrEqual(1)
          closed.push(done.closedMs)
        }
        await waitUntil('all readers see the last', () => readers.every(({ reads }) => reads.at(-1)?.nights[0] === 21))
      } finally {
        await Promise.all(readers.map(({ stop }) => stop()))
      }
      for (const { reads } of readers) {
        expect(reads.length).toBeGreaterThan(100)
        expect(reads.filter(({ agree, nights }) => !agree || nights.length !== 1)).toEqual([])
        expect([...new Set(reads.map(({ nights }) => nights[0]))]).toEqual(Array.from({ length: 21 }, (_, n) => n + 1))
        expect(longestGap(reads)).toBeLessThan(2_000)
      }
      expect(closed).toHaveLength(20)
      expect(Math.max(...closed)).toBeLessThan(2_000)
      const gap = Math.round(Math.max(...readers.map(({ reads }) => longestGap(reads))))
      console.log(`PostgreSQL ${version}: closed for at most ${Math.max(...closed)} ms, readers' longest gap ${gap} ms`)
      expect((await port.list()).map(({ run }) => run)).toEqual([night(21), night(20)])
    })
  }, 120_000)

  it('of the published copy keep their sessions while copies are made from the generation, written to and dropped', async () => {
    await withGenerations(version, null, async (nightly) => {
      const { port, name, build, sql } = nightly
      const generation = await build(night(1))
      await port.publish({ run: night(1), keep: 1, asCopy: true })
      const digest = async (): Promise<unknown> =>
        await sql(
          `SELECT (SELECT md5(string_agg(a::text, ',' ORDER BY id)) FROM account a) AS a,
             (SELECT md5(string_agg(e::text, ',' ORDER BY id)) FROM entry e) AS e`,
          generation,
        )
      const before = await digest()
      const readers = [1, 2, 3].map(() => reading(nightly.url(name)))
      try {
        await waitUntil('all readers are in', () => readers.every(({ reads }) => reads.length > 0))
        const sessions = await sql(SESSIONS(name))
        expect(sessions).toHaveLength(3)
        const made = await port.copy(night(1), 'ci-1234', 1)
        expect(made).toMatchObject({ run: night(1), name: 'ci-1234', database: `${name}_ci_1234` })
        await sql('DELETE FROM account; DROP TABLE entry; CREATE TABLE mine (id int)', made.database)
        const again = await port.copy(night(1), 'ci-1234', 1)
        expect(await sql('SELECT count(*)::int AS n FROM entry', again.database)).toEqual([{ n: 200 }])
        expect((await port.copies()).map((one) => one.name)).toEqual([null, 'ci-1234'])
        expect(await port.dropCopy('ci-1234')).toBe(true)
        expect(await port.dropCopy('ci-1234')).toBe(false)
        expect(await sql(SESSIONS(name))).toEqual(sessions)
      } finally {
        await Promise.all(readers.map(({ stop }) => stop()))
      }
      for (const { errors, reads } of readers) {
        expect(errors).toEqual([])
        expect(reads.every(({ agree }) => agree)).toBe(true)
      }
      expect(await digest()).toEqual(before)
    })
  })

  it('that may not be ended keep the old one, and are named; the publish is tried again', async () => {
    await withGenerations(version, 'CREATEDB', async (nightly) => {
      const { port, name, sql, account } = nightly
      for (const n of [1, 2]) await nightly.build(night(n))
      await port.publish({ run: night(1), keep: 1, asCopy: false })
      expect((await port.ability()).findings).toMatchObject([{ name: 'no-signal-backend', severity: 'warning' }])
      const other = await nightly.role()
      await nightly.as(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${other}`, name)
      const reader = reading(nightly.url(name, other))
      try {
        await waitUntil('the reader is in', () => reader.reads.length > 0)
        await expect(port.publish({ run: night(2), keep: 1, asCopy: false })).rejects.toMatchObject({
          kind: 'target-privilege',
          message: expect.stringContaining(other) as string,
          details: { remedy: expect.stringContaining(`GRANT pg_signal_backend TO "${account}"`) as string },
        })
        expect(reader.errors).toEqual([])
        expect(await port.settle()).toBeNull()
        await sql(`GRANT pg_signal_backend TO ${account}`)
        const done = await port.publish({ run: night(2), keep: 1, asCopy: false })
        expect(done.ended).toMatchObject([{ user: other }])
        await waitUntil('the reader is back', () => reader.reads.at(-1)?.nights[0] === 2)
      } finally {
        await reader.stop()
      }
    })
  })

  it('of ours are ended as well, and their pool opens new ones', async () => {
    await withGenerations(version, null, async (nightly) => {
      const { port, name } = nightly
      const database = await port.create(night(1), NOTHING)
      await onPostgres(nightly.url(database), TABLES(1))
      const pools = [database, name].map((one) =>
        openPool(parseUrl(nightly.url(one), 'shop-postgres'), 'shop-postgres'),
      )
      const [ours, published] = pools as [pg.Pool, pg.Pool]
      try {
        const held = await ours.connect()
        await ours.query('SELECT 1')
        expect((await port.publish({ run: night(1), keep: 1, asCopy: true })).run).toBe(night(1))
        await expect(held.query('SELECT 1')).rejects.toThrow()
        held.release(true)
        await waitUntil('the pool is well', async () => (await ours.query('SELECT 1')).rowCount === 1)
        await waitUntil('that of the copy too', async () => (await published.query('SELECT 1')).rowCount === 1)
      } finally {
        await Promise.all(pools.map((pool) => pool.end()))
      }
    })
  })
})
