import { describe, expect, it } from 'vitest'
import { rememberUnread } from '../../core/remembering.js'
import { openMemory } from '../../databases/postgres/memory/index.js'
import { openTables } from '../../databases/postgres/memory/open.js'
import { MEMORY_STEPS } from '../../databases/postgres/memory/schema.js'
import { createLedger } from '../../databases/postgres/ledger/index.js'
import { LEDGER_STEPS } from '../../databases/postgres/ledger/schema.js'
import { openLedger } from '../../databases/postgres/ledger/open.js'
import type { MemoryPort, RunMemory } from '../../core/memory.js'
import { summary } from '../support/client-documents.js'
import { failure, memory } from '../support/nights-memory.js'
import { version, withPool } from '../support/ledger.js'
import { onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

type Open = (migration?: string) => MemoryPort
type Sql = (text: string) => Promise<Record<string, unknown>[]>

/** Memories in a database that is not there yet; whatever was opened is closed, and the database goes. */
async function withMemory(use: (open: Open, sql: Sql) => Promise<void>, server: 15 | 18 = 15): Promise<void> {
  const name = uniqueName('memory')
  const opened: MemoryPort[] = []
  const open: Open = (migration = 'shop') => {
    const port = openMemory(postgresUrl(undefined, server), 'shop-pg', name, migration)
    opened.push(port)
    return port
  }
  try {
    await use(open, (text) => onPostgres(postgresUrl(name, server), text))
  } finally {
    await Promise.all(opened.map((port) => port.close()))
    await onPostgres(postgresUrl(undefined, server), `drop database if exists ${name} with (force)`)
  }
}

const TABLES = `select relname from pg_class where relnamespace = 'nightferry'::regnamespace and relkind = 'r' order by 1`
const refused = (run: string): RunMemory => rememberUnread('shop', summary({ run, state: 'refused' }), [])

describe.each([15, 18] as const)('the memory of runs on PostgreSQL %i', (server) => {
  it('is nothing until it is opened, and then a database of its own that many open at once', () =>
    withMemory(async (open, sql) => {
      const early = open()
      expect([
        await early.runs(5),
        await early.latestVersion(),
        await early.before('x'),
        await early.versions(5),
      ]).toEqual([[], null, null, []])
      await expect(sql('select 1')).rejects.toThrow('does not exist')
      await expect(early.saveRun(memory('20261120-030000'))).rejects.toMatchObject({ name: 'Failure' })
      await Promise.all(Array.from({ length: 8 }, () => open().open()))
      await early.open()
      expect((await sql(TABLES)).map(({ relname }) => relname)).toEqual(
        ['audit', 'fitness', 'mark', 'run', 'table', 'version', 'waiver'].map((one) => `memory_${one}`),
      )
      expect(
        await sql('select pg_encoding_to_char(encoding) as e from pg_database where datname = current_database()'),
      ).toEqual([{ e: 'UTF8' }])
      await early.saveRun(memory('20261120-030000'))
      expect(await early.runs(5)).toHaveLength(1)
    }, server))

  it('gives a run back as it was saved, and the latest counts', () =>
    withMemory(async (open) => {
      const port = open()
      await port.open()
      const failed = { orders: { state: 'stopped', failures: [failure()] } } as const
      const first = memory('20261120-030000', {
        reports: failed,
        report: { findings: [{ name: 'a\0b', severity: 'info', subject: '\ud800', message: 'ä', remedy: 'r' }] },
      })
      await port.saveRun(first)
      await port.saveRun(first)
      expect(await port.run('20261120-030000')).toEqual(first)
      const later = {
        ...memory('20261120-030000'),
        notes: ['after_publish: ci-webhook answered 500'],
        news: first.news,
        tables: [],
      }
      await port.saveRun(later)
      expect(await port.run('20261120-030000')).toEqual(later)
      expect(await port.run('20261121-030000')).toBeNull()
    }, server))
})

describe('the memory of runs', () => {
  it('keeps migrations of one server apart', () =>
    withMemory(async (open, sql) => {
      const [shop, crm] = [open('shop'), open('crm')]
      await Promise.all([shop.open(), crm.open()])
      await shop.saveVersion(version(1, ['items']))
      await crm.saveVersion({ ...version(1, ['people'], 'other'), by: 'bob' })
      await shop.saveRun(memory('20261120-030000'))
      await shop.audit({ what: 'pause', by: 'anna', at: '2026-11-20T03:00:00.000Z', why: 'x', about: {} })
      expect(await crm.runs(5)).toEqual([])
      expect(await crm.before('20261121-030000')).toBeNull()
      expect(await crm.tableRuns('orders', 5)).toEqual([])
      expect(await crm.auditTrail(5)).toEqual([])
      expect((await crm.latestVersion())?.by).toBe('bob')
      expect((await shop.versions(5)).map(({ by, tables }) => [by, tables])).toEqual([['anna', 1]])
      expect(await sql('select count(*)::int as n from nightferry.memory_version')).toEqual([{ n: 2 }])
    }))

  it('stores versions as a ledger does: once, with their plans, and no other one under their number', () =>
    withMemory(async (open) => {
      const port = open()
      await port.open()
      await port.saveVersion(version(1, ['items']))
      await port.saveVersion(version(1, ['items']))
      await port.saveVersion(version(2, ['items', 'orders']))
      expect(await port.version(1)).toEqual(version(1, ['items']))
      expect((await port.latestVersion())?.number).toBe(2)
      expect((await port.versions(1)).map(({ number, tables }) => [number, tables])).toEqual([[2, 2]])
      await expect(port.saveVersion(version(1, ['items'], 'another'))).rejects.toMatchObject({ kind: 'refused' })
      await expect(port.version(9)).rejects.toMatchObject({ kind: 'refused' })
    }))

  it('has one run that is published, whichever was last, and of what older code left the latest', () =>
    withMemory(async (open, sql) => {
      const port = open()
      await port.open()
      const ids = ['20261119-030000', '20261119-030000-2', '20261119-030000-10'] as const
      const states = async () => {
        const listed = (await port.runs(9)).map(({ published }) => published).toReversed()
        const kept = await Promise.all(ids.map(async (run) => await port.run(run)))
        expect(kept.map((one) => [one?.published, one?.summary.published])).toEqual(listed.map((one) => [one, one]))
        return listed
      }
      for (const run of ids) await port.saveRun(memory(run))
      expect(await states()).toEqual(['was published', 'was published', 'published'])
      await port.saveRun(memory(ids[1]))
      expect(await states()).toEqual(['was published', 'published', 'was published'])
      await sql(`update nightferry.memory_run set published = 'published'`)
      expect(await states()).toEqual(['was published', 'was published', 'published'])
    }))

  it('lists runs newest first, and finds the one before: begun, with tables, whatever its end', () =>
    withMemory(async (open) => {
      const port = open()
      await port.open()
      const ids = ['20261119-030000', '20261119-030000-2', '20261119-030000-10', '20261120-030000']
      for (const run of ids) await port.saveRun(memory(run))
      await port.saveRun(refused('20261121-030000'))
      await port.saveRun({ ...memory('20261122-030000'), tables: [] })
      expect((await port.runs(9)).map(({ run, state, published }) => [run, state, published])).toEqual([
        ['20261122-030000', 'complete', 'published'],
        ['20261121-030000', 'refused', 'not published'],
        ...ids.toReversed().map((run) => [run, 'complete', 'was published']),
      ])
      const before = async (run: string): Promise<string | undefined> => (await port.before(run))?.summary.run
      expect(await before('20261123-030000')).toBe('20261120-030000')
      expect(await before('20261120-030000')).toBe('20261119-030000-10')
      expect(await before('20261119-030000-10')).toBe('20261119-030000-2')
      expect(await before('20261119-030000-2')).toBe('20261119-030000')
      expect(await before('20261119-030000')).toBeUndefined()
      expect((await port.tableRuns('orders', 2)).map(({ run, rows }) => [run, rows])).toEqual([
        ['20261120-030000', 1_234_567],
        ['20261119-030000-10', 1_234_567],
      ])
    }))

  it('writes an entry of the audit trail once', () =>
    withMemory(async (open) => {
      const port = open()
      await port.open()
      const entry = { what: 'publish', by: 'anna', at: '2026-11-20T03:00:00.000Z', why: 'mended', about: { run: 'x' } }
      await port.audit(entry)
      await port.audit(entry)
      await port.audit({ ...entry, at: '2026-11-21T03:00:00.000Z' })
      expect((await port.auditTrail(9)).map(({ at }) => at)).toEqual(['2026-11-21T03:00:00.000Z', entry.at])
    }))

  it('is migrated by newer code, and refused by older code from then on, also to read', () =>
    withMemory(async (open, sql) => {
      await open().open()
      await sql('update nightferry.memory_mark set schema_version = 99')
      for (const ask of [() => open().open(), () => open().runs(1), () => open().saveRun(memory('20261120-030000'))])
        await expect(ask()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('newer') })
    }))

  it('leaves nothing behind when a step of a migration fails, and goes on from where it stands', () =>
    withPool(async (pool) => {
      await openTables(pool, 'shop')
      const column = 'alter table nightferry.memory_run add column dreamt_up integer'
      await expect(openTables(pool, 'shop', [...MEMORY_STEPS, `${column}; select 1 / 0`])).rejects.toThrow()
      await Promise.all(Array.from({ length: 8 }, () => openTables(pool, 'shop', [...MEMORY_STEPS, column])))
      const { rows } = await pool.query('select schema_version from nightferry.memory_mark')
      expect(rows).toEqual([{ schema_version: MEMORY_STEPS.length + 1 }])
    }))

  it('does not take tables of others for its own', () =>
    withPool(async (pool) => {
      await pool.query('create schema nightferry; create table nightferry.memory_run (id int)')
      await expect(openTables(pool, 'shop')).rejects.toMatchObject({ kind: 'refused' })
    }))
})

describe('a memory beside the ledger of its target', () => {
  it('begins with what a ledger of older code has: versions and the audit trail', () =>
    withPool(async (pool, url) => {
      await openLedger(pool, 'shop', LEDGER_STEPS.slice(0, 3))
      await pool.query(
        `insert into nightferry.version values (1, '{"limits":{}}', '{"tables":[]}', 'old', 'anna', '2026-11-01T03:00:00Z')`,
      )
      const port = openMemory(url, 'shop-pg', null, 'shop')
      await port.open()
      expect(await port.versions(5)).toMatchObject([{ number: 1, planHash: 'old', by: 'anna', tables: 0 }])
      await port.close()
    }))

  it('takes the audit trail over, and not what is another migration’s; both go on in one schema', () =>
    withPool(async (pool, url) => {
      const ledger = createLedger(pool)
      await ledger.open('shop')
      await ledger.saveVersion(version(1, ['items', 'orders']))
      await ledger.audit({ what: 'pause', by: 'anna', at: '2026-11-20T03:00:00.000Z', why: 'x', about: { seq: 1 } })
      const [shop, crm] = ['shop', 'crm'].map((name) => openMemory(url, 'shop-pg', null, name)) as [
        MemoryPort,
        MemoryPort,
      ]
      await shop.open()
      await crm.open()
      await shop.open()
      expect(await shop.version(1)).toEqual(version(1, ['items', 'orders']))
      expect(await shop.auditTrail(5)).toEqual(await ledger.auditTrail(5))
      expect(await crm.latestVersion()).toBeNull()
      await shop.saveVersion(version(2, ['items']))
      expect((await ledger.inventory())?.strangers).toEqual([])
      await Promise.all([shop.close(), crm.close()])
      const again = openMemory(url, 'shop-pg', null, 'shop')
      expect(await again.versions(9)).toHaveLength(2)
      await ledger.remove('shop')
      expect(await again.versions(9)).toEqual([])
      await again.close()
      expect((await pool.query(`select from pg_namespace where nspname = 'nightferry'`)).rowCount).toBe(0)
    }))

  it('goes with the ledger, but for what other migrations have there', () =>
    withPool(async (pool, url) => {
      const ledger = createLedger(pool)
      await ledger.open('shop')
      const [shop, crm] = ['shop', 'crm'].map((name) => openMemory(url, 'shop-pg', null, name))
      expect(await shop?.inventory()).toBeNull()
      await shop?.remove()
      await shop?.open()
      for (const port of [shop, crm]) {
        await port?.saveVersion(version(1, ['items']))
        await port?.saveRun(memory('20261120-030000'))
        await port?.audit({ what: 'pause', by: 'anna', at: '2026-11-20T03:00:00.000Z', why: 'x', about: {} })
      }
      expect(await shop?.inventory()).toEqual({ versions: 1, runs: 1, entries: 1, others: ['crm'] })
      await ledger.remove('shop')
      expect(await shop?.inventory()).toEqual({ versions: 0, runs: 0, entries: 0, others: ['crm'] })
      expect(await crm?.inventory()).toEqual({ versions: 1, runs: 1, entries: 1, others: [] })
      const left = (await pool.query<{ relname: string }>(TABLES)).rows
      expect(left.every(({ relname }) => relname.startsWith('memory_'))).toBe(true)
      await crm?.remove()
      await crm?.remove()
      expect(await crm?.inventory()).toEqual({ versions: 0, runs: 0, entries: 0, others: [] })
      await Promise.all([shop?.close(), crm?.close()])
    }))

  it('may come before it', () =>
    withPool(async (pool, url) => {
      const port = openMemory(url, 'shop-pg', null, 'shop')
      await port.open()
      const ledger = createLedger(pool)
      await ledger.open('shop')
      expect((await ledger.inventory())?.migration).toBe('shop')
      await port.close()
    }))
})
