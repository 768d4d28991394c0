import { CancelledFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { Ports, SourcePort } from '../../core/ports.js'
import { failureOf } from '../support/runs.js'
import { withSite } from '../support/site.js'

const ORDERS = `
  create table orders (id int primary key, total decimal(10, 2) not null);
  insert into orders values (1, 1.5), (2, 2.5), (3, 3.5), (4, 4.5), (5, 5.5), (6, 6.5)`

/** Two chunks of three rows, or as many as there are rows. */
const tiny = { limits: { parallelism: 2, chunkBytes: 1 } }

const rowsOf = (sql: string) => sql

describe('a chunk', () => {
  it('is copied once, however often its step is tried', () =>
    withSite(ORDERS, async ({ data, ref, prepare, attempt, postgres }) => {
      await prepare(tiny)
      const size = { estimatedRows: 6, estimatedBytes: 100 }
      const divide = () => data.divideTable({ ref, table: 0, size, atMost: 50 })
      const { chunks, complete } = await attempt(divide)
      expect({ chunks: chunks > 1, complete }).toEqual({ chunks: true, complete: true })
      expect(await attempt(divide)).toEqual({ chunks, complete: true })
      const copy = () => data.copyChunks({ ref, table: 0, first: 0, count: chunks })
      const first = await attempt(copy)
      const again = await attempt(copy, { attempt: 2 })
      expect([first.rows, again.rows]).toEqual([6, 6])
      expect(await postgres('select count(*)::int as n, sum(total)::text as s from orders')).toEqual([
        { n: 6, s: '24.00' },
      ])
    }))

  it('leaves nothing behind when it is cancelled, and is copied by the next attempt', () => {
    let reading = (): void => {}
    const begun = new Promise<void>((resolve) => (reading = resolve))
    const slow = changedSource((source) => ({
      ...source,
      copy: async (table, range, sink, options) => {
        await source.copy(table, range, sink, options)
        reading()
        return await new Promise<never>((_, reject) => {
          options.signal.addEventListener('abort', () => reject(new Error('the driver says something')))
        })
      },
    }))
    return withSite(
      ORDERS,
      async ({ data, ref, prepare, attempt, postgres, ports }) => {
        await prepare()
        const step = () => data.copyBundle({ ref, part: { bundle: 0 } })
        await expect(attempt(step, { cancelAfter: begun })).rejects.toBeInstanceOf(CancelledFailure)
        expect(await postgres('select count(*)::int as n from orders')).toEqual([{ n: 0 }])
        const { ledger } = await ports.target('to', null)
        expect(await ledger.chunkStats(ref.run, 0)).toMatchObject({ chunks: 1, doneChunks: 0 })
      },
      slow,
    )
  })
})

describe('a row that is refused', () => {
  const sql = rowsOf(`
    create table bad (id int primary key, day date not null);
    create table good (id int primary key);
    set sql_mode = '';
    insert into bad values (1, '2026-01-01'), (2, '0000-00-00'), (3, '2026-01-03');
    insert into good values (1), (2)`)

  it('stops its table alone, and the ledger names it by key, column and reason', () =>
    withSite(sql, async ({ data, ref, prepare, attempt, postgres, states, ports }) => {
      const { bundles } = await prepare()
      for (const { bundle } of bundles) await attempt(() => data.copyBundle({ ref, part: { bundle } }))
      expect(await states()).toEqual(['stopped', 'copied'])
      expect(await postgres('select count(*)::int as n from bad')).toEqual([{ n: 0 }])
      expect(await postgres('select count(*)::int as n from good')).toEqual([{ n: 2 }])
      const { ledger } = await ports.target('to', null)
      const { tables } = await ledger.report(ref.run)
      expect(tables[0]?.failures).toMatchObject([
        { kind: 'row-refused', column: 'day', key: expect.stringContaining('2') },
      ])
    }))

  it('goes through Temporal without its key and its value', () =>
    withSite(sql, async ({ data, ref, prepare, attempt }) => {
      await prepare()
      await attempt(() => data.divideTable({ ref, table: 0, size: { estimatedRows: 3, estimatedBytes: 9 }, atMost: 9 }))
      const failure = await failureOf(attempt(() => data.copyChunks({ ref, table: 0, first: 0, count: 1 })))
      expect(failure).toMatchObject({ type: 'row-refused', nonRetryable: true })
      expect(failure.details).toMatchObject([{ table: 'bad', column: 'day', recorded: true }])
      expect(JSON.stringify([failure.message, failure.details])).not.toMatch(/0000|id=/)
    }))
})

describe('an error that nobody foresaw', () => {
  const broken = changedSource((source) => ({
    ...source,
    copy: async () => {
      throw new TypeError('cannot read property "secret" of undefined')
    },
  }))

  it('is tried a few times, then stops the table, and keeps its words to the ledger', () =>
    withSite(
      ORDERS,
      async ({ data, ref, prepare, attempt, states, ports, logged }) => {
        await prepare()
        const step = () => data.copyBundle({ ref, part: { bundle: 0 } })
        const failure = await failureOf(attempt(step))
        expect(failure).toMatchObject({ type: 'internal', nonRetryable: false })
        expect(JSON.stringify([failure.message, failure.details, logged])).not.toContain('secret')
        expect(await states()).toEqual(['copying'])
        await attempt(step, { attempt: 4 })
        expect(await states()).toEqual(['stopped'])
        const { ledger } = await ports.target('to', null)
        expect((await ledger.report(ref.run)).tables[0]?.failures[0]?.reason).toContain('secret')
      },
      broken,
    ))
})

/** The same ports with a source that behaves otherwise. */
function changedSource(change: (source: SourcePort) => SourcePort): (ports: Ports) => Ports {
  return (ports) => ({ ...ports, source: async (connection) => change(await ports.source(connection)) })
}
