import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemoryPort } from '../../core/memory.js'
import type { Ports } from '../../core/ports.js'
import { rememberUnread } from '../../core/remembering.js'
import type { RunSummary } from '../../core/run.js'
import { openMemory } from '../../databases/postgres/memory/index.js'
import { NotThere } from '../../worker/not-there.js'
import { trendDocument } from '../../worker/trend-document.js'
import { plannedTable, summary } from '../support/client-documents.js'
import { memory } from '../support/nights-memory.js'
import { onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

const name = uniqueName('trend')
let port: MemoryPort

const NIGHTS = ['20261119-030000', '20261119-030000-2', '20261119-030000-10', '20261120-030000'] as const

/** A night's orders have as many rows as its place among the nights. */
const night = (run: string, rows: number, tables = ['orders', 'Items']) =>
  memory(run, {
    tables: tables.map((table) => plannedTable(table)),
    reports: {
      orders: { rowsRead: rows, rowsLoaded: rows, rowsCounted: rows, bytes: rows * 10, seconds: took(rows / 2) },
    },
    report: { summary: summary({ run, label: 'snapshot', rows, bytes: rows * 10, ...times(run) }) },
  })

const took = (copy: number) => ({ copy, indexes: 0, constraints: 0, vacuum: 0 })

function times(run: string): Pick<RunSummary, 'started' | 'ended'> {
  const day = `${run.slice(0, 4)}-${run.slice(4, 6)}-${run.slice(6, 8)}`
  const ms = run.slice(16).padStart(2, '0')
  return { started: `${day}T03:00:00.0${ms}Z`, ended: `${day}T03:01:30.5${ms}Z` }
}

beforeAll(async () => {
  port = openMemory(postgresUrl(), 'shop-pg', name, 'shop')
  await port.open()
  for (const [i, run] of NIGHTS.entries()) await port.saveRun(night(run, i + 1))
  await port.saveRun(rememberUnread('shop', summary({ run: '20261121-030000', state: 'refused' }), []))
  await port.saveRun(night('20261122-030000', 5, ['orders']))
})

afterAll(async () => {
  await port.close()
  await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
})

describe("the memory's trend", () => {
  it('is nothing where there is no memory', async () => {
    const none = openMemory(postgresUrl(), 'shop-pg', `${name}_none`, 'shop')
    const trend = await none.trend(60, null)
    await none.close()
    expect(trend).toEqual([])
  })

  it('has the last runs that were begun, oldest first, with their tables in the order of the plan', async () => {
    const runs = await port.trend(60, null)
    expect(runs.map(({ run, rows, bytes, published }) => [run, rows, bytes, published])).toEqual([
      ...NIGHTS.map((run, i) => [run, i + 1, (i + 1) * 10, 'was published']),
      ['20261122-030000', 5, 50, 'published'],
    ])
    expect(runs[0]).toMatchObject({ state: 'complete', label: 'snapshot', seconds: 90.5 })
    expect(runs[0]?.tables.map(({ table }) => table)).toEqual(['orders', 'Items'])
    expect(runs[0]?.tables[0]).toEqual({ table: 'orders', rows: 1, bytes: 10, seconds: 0.5, state: 'done' })
    expect((await port.trend(2, null)).map(({ run }) => run)).toEqual([NIGHTS[3], '20261122-030000'])
  })

  it('has of one table what each run had of it, and the totals of the runs', async () => {
    const runs = await port.trend(60, 'Items')
    expect(runs.map(({ rows, tables }) => [rows, tables.map(({ table }) => table)])).toEqual([
      ...NIGHTS.map((_, i) => [i + 1, ['Items']]),
      [5, []],
    ])
    expect((await port.trend(60, 'items')).flatMap(({ tables }) => tables)).toEqual([])
  })

  it('of sixty runs of five hundred tables is read in less than two seconds', async () => {
    const many = openMemory(postgresUrl(), 'shop-pg', name, 'many')
    const tables = Array.from({ length: 500 }, (_, i) => `table_${i}`)
    try {
      for (let i = 0; i < 60; i++) {
        const day = new Date(Date.UTC(2026, 0, 1 + i)).toISOString().slice(0, 10).replaceAll('-', '')
        await many.saveRun({ ...night(`${day}-030000`, i, tables), migration: 'many' })
      }
      const began = performance.now()
      const runs = await many.trend(60, null)
      expect(performance.now() - began).toBeLessThan(2000)
      expect(runs.map((run) => run.tables.length)).toEqual(Array.from({ length: 60 }, () => 500))
    } finally {
      await many.remove()
      await many.close()
    }
  }, 60_000)
})

describe("a trend's document", () => {
  const where = { connection: 'dst', database: name, migration: 'shop' }
  /** The ledger knows one run of before there was a memory. */
  const old: RunSummary = summary({ run: '20261001-030000', rows: 7, bytes: 8, ...times('20261001-030000') })
  const ports = {
    memory: async (_: string, database: string | null) => (database === name ? port : nothing),
    target: async () => ({ ledger: { runs: async () => [old] } }),
  } as unknown as Ports
  const nothing = { runs: async () => [], trend: async () => [] }

  it('has runs that only a ledger knows, without tables', async () => {
    const { runs, table } = await trendDocument(ports, where, null)
    expect(table).toBeNull()
    expect(runs.map(({ run }) => run)).toEqual([old.run, ...NIGHTS, '20261122-030000'])
    expect(runs[0]).toMatchObject({ rows: 7, bytes: 8, published: 'in place', tables: [], seconds: 90.5 })
  })

  it('finds a table by other capitals than the source has', async () => {
    const trend = await trendDocument(ports, where, 'ITEMS')
    expect(trend.table).toBe('Items')
    expect(trend.runs.map(({ tables }) => tables.length)).toEqual([0, 1, 1, 1, 1, 0])
  })

  it('names those that were probably meant', async () => {
    const asked = trendDocument(ports, where, 'oders')
    await expect(asked).rejects.toBeInstanceOf(NotThere)
    await expect(asked).rejects.toMatchObject({ remedy: 'Did you mean orders?' })
  })
})
