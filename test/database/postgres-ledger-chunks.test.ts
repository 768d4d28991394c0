import { describe, expect, it } from 'vitest'
import { rangesBetween, type KeyRange } from '../../core/key-range.js'
import type { LedgerPort } from '../../core/ledger.js'
import { completeChunk } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger } from '../support/ledger.js'
import type pg from 'pg'

const withTable = (use: (ledger: LedgerPort, pool: pg.Pool) => Promise<void>) =>
  withLedger(async (ledger, pool) => {
    await ledger.openRun({ run: RUN, version: 1, label: 'best-effort', tables: [{ table: 0, bundle: null }] })
    await use(ledger, pool)
  })

const cut = (from: string | null, boundaries: readonly string[], last: boolean): KeyRange[] =>
  rangesBetween(
    from === null ? null : [from],
    boundaries.map((b) => [b]),
    last,
  )

describe('the chunks of a table', () => {
  it('go on from the last one, and tell where the next begin', async () => {
    await withTable(async (ledger, pool) => {
      expect(await ledger.chunkStats(RUN, 0)).toMatchObject({ chunks: 0, complete: false, end: null })
      await ledger.addChunks(RUN, 0, 0, cut(null, ['10', '20'], false))
      expect(await ledger.chunkStats(RUN, 0)).toMatchObject({ chunks: 2, complete: false, end: ['20'] })
      await ledger.addChunks(RUN, 0, 2, cut('20', [], true))
      const claim = await ledger.claim(RUN, 0, 0, 'w')
      if (claim.state === 'claimed')
        await completeChunk(pool, claim.claim, { rows: 5, bytes: 50, zeroDates: {} }, 5, 0.25)
      expect(await ledger.chunkStats(RUN, 0)).toEqual({
        chunks: 3,
        complete: true,
        end: null,
        doneChunks: 1,
        doneRows: 5,
        doneBytes: 50,
        doneSeconds: 0.25,
      })
    })
  })

  it('are added once by an activity that is tried again', async () => {
    await withTable(async (ledger) => {
      const ranges = cut(null, ['10', '20'], true)
      const again = await Promise.all(Array.from({ length: 10 }, () => ledger.addChunks(RUN, 0, 0, ranges)))
      expect(again.length).toBe(10)
      expect(await ledger.chunkStats(RUN, 0)).toMatchObject({ chunks: 3, complete: true })
    })
  })

  it.each([
    ['another cut of the same part', 0, cut(null, ['5', '15', '25'], false)],
    ['a longer one with the same beginning', 0, cut(null, ['10', '20', '30'], false)],
    ['a hole in the ordinals', 5, cut('20', ['30'], false)],
    ['a hole in the keys', 2, cut('21', ['30'], false)],
    ['a second beginning', 2, cut(null, ['30'], false)],
  ])('refuse %s, whole', async (_what, first, ranges) => {
    await withTable(async (ledger) => {
      await ledger.addChunks(RUN, 0, 0, cut(null, ['10', '20'], false))
      await expect(ledger.addChunks(RUN, 0, first, ranges)).rejects.toMatchObject({ kind: 'target-conflict' })
      expect(await ledger.chunkStats(RUN, 0)).toMatchObject({ chunks: 2, end: ['20'] })
    })
  })

  it('refuse to go on behind the end, and ranges that do not touch', async () => {
    await withTable(async (ledger) => {
      await expect(
        ledger.addChunks(RUN, 0, 0, [
          { from: null, to: ['1'] },
          { from: ['2'], to: null },
        ]),
      ).rejects.toMatchObject({ kind: 'internal' })
      await ledger.addChunks(RUN, 0, 0, cut(null, ['10'], true))
      await expect(ledger.addChunks(RUN, 0, 2, cut('10', ['20'], false))).rejects.toMatchObject({
        kind: 'target-conflict',
      })
    })
  })

  it('cover the table once when attempts that cut it differently race', async () => {
    await withTable(async (ledger, pool) => {
      const attempts = Array.from({ length: 20 }, (_, i) =>
        ledger.addChunks(
          RUN,
          0,
          0,
          cut(
            null,
            Array.from({ length: i + 1 }, (_b, j) => String((j + 1) * (i + 2))),
            true,
          ),
        ),
      )
      const ends = await Promise.allSettled(attempts)
      expect(ends.filter((end) => end.status === 'fulfilled').length).toBe(1)
      const { rows } = await pool.query(
        `select count(*) filter (where from_key is null)::int as starts, count(*) filter (where to_key is null)::int as ends,
           count(*) filter (where from_key is distinct from previous)::int as gaps
         from (select *, lag(to_key) over (order by ordinal) as previous from nightferry.chunk) c`,
      )
      expect(rows).toEqual([{ starts: 1, ends: 1, gaps: 0 }])
    })
  })
})
