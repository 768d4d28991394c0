import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ChunkClaim, ClaimResult, LedgerPort } from '../../core/ledger.js'
import { completeChunk } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger } from '../support/ledger.js'

const SNAPSHOT = {
  moment: '2026-11-20T03:00:01.250Z',
  position: '0-1-17 at mbin.000002:337',
  lock: 'BACKUP STAGE',
  blockedMs: 12.5,
  attempts: 2,
  locked: ['old'],
  labelled: ['older, "quoted"'],
}

const claimOf = (result: ClaimResult): ChunkClaim => {
  if (result.state !== 'claimed') throw new Error('the chunk is done already')
  return result.claim
}

async function withRun(use: (ledger: LedgerPort, pool: pg.Pool) => Promise<void>): Promise<void> {
  await withLedger(async (ledger, pool) => {
    const tables = [
      { table: 0, bundle: null },
      { table: 1, bundle: 0 },
    ]
    await ledger.openRun({ run: RUN, version: 1, label: 'best-effort', tables })
    await ledger.addChunks(RUN, 0, 0, [
      { from: null, to: ['10'] },
      { from: ['10'], to: null },
    ])
    await use(ledger, pool)
  })
}

const complete = async (pool: pg.Pool, claim: ChunkClaim, rows: number): Promise<boolean> =>
  await completeChunk(pool, claim, { rows, bytes: rows * 10, zeroDates: {} }, rows, 1)

describe('of which moment a run reads', () => {
  it('is not told before it is decided, then in report and progress alike', async () => {
    await withRun(async (ledger) => {
      expect((await ledger.report(RUN)).reading).toBeUndefined()
      expect((await ledger.progress(RUN)).reading).toBeUndefined()
      await ledger.setReading(RUN, { label: 'snapshot', reason: null, snapshot: SNAPSHOT })
      const reading = { label: 'snapshot', reason: null, snapshot: SNAPSHOT, rowsAgain: 0 }
      expect(await ledger.report(RUN)).toMatchObject({ label: 'snapshot', reading })
      expect((await ledger.progress(RUN)).reading).toEqual(reading)
    })
  })

  it('becomes best-effort with the first reason, and keeps what the snapshot cost', async () => {
    await withRun(async (ledger) => {
      await ledger.setReading(RUN, { label: 'snapshot', reason: null, snapshot: SNAPSHOT })
      await ledger.loseSnapshot(RUN, 'its process died')
      await ledger.loseSnapshot(RUN, 'another reason')
      const { label, reading } = await ledger.report(RUN)
      expect(label).toBe('best-effort')
      expect(reading).toMatchObject({ label: 'best-effort', reason: 'its process died', snapshot: SNAPSHOT })
    })
  })

  it('says which tables lost their lock before they were read, said once or twice', async () => {
    await withRun(async (ledger) => {
      await ledger.setReading(RUN, {
        label: 'snapshot',
        reason: null,
        snapshot: { ...SNAPSHOT, locked: ['old', 'oldest'] },
      })
      for (const tables of [['old'], ['old'], ['never locked']]) await ledger.labelTables(RUN, tables)
      const { reading } = await ledger.report(RUN)
      expect(reading?.snapshot).toMatchObject({ locked: ['oldest'], labelled: [...SNAPSHOT.labelled, 'old'] })
    })
  })

  it('counts the rows that an attempt had read before another one began', async () => {
    await withRun(async (ledger, pool) => {
      const first = claimOf(await ledger.claim(RUN, 0, 0, 'a'))
      await ledger.chunkProgress(first, 700, 7000)
      const second = claimOf(await ledger.claim(RUN, 0, 0, 'b'))
      expect(await complete(pool, second, 900)).toBe(true)
      await ledger.setReading(RUN, { label: 'best-effort', reason: null, snapshot: null })
      expect((await ledger.report(RUN)).reading?.rowsAgain).toBe(700)
    })
  })
})

describe('a run that starts again', () => {
  it('forgets what was copied, counts it, and no attempt under way can complete any more', async () => {
    await withRun(async (ledger, pool) => {
      expect(await complete(pool, claimOf(await ledger.claim(RUN, 0, 0, 'a')), 900)).toBe(true)
      const under = claimOf(await ledger.claim(RUN, 0, 1, 'a'))
      await ledger.chunkProgress(under, 50, 500)
      await ledger.setTable(RUN, 1, { state: 'stopped' })
      await ledger.restartRun(RUN)
      expect(await complete(pool, under, 60)).toBe(false)
      expect((await ledger.tableStates(RUN)).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
      expect(await ledger.chunkStats(RUN, 0)).toMatchObject({ chunks: 2, complete: true, doneChunks: 0, doneRows: 0 })
      await ledger.restartRun(RUN)
      expect(await complete(pool, claimOf(await ledger.claim(RUN, 0, 1, 'b')), 60)).toBe(true)
      await ledger.setReading(RUN, { label: 'snapshot', reason: null, snapshot: SNAPSHOT })
      expect((await ledger.report(RUN)).reading?.rowsAgain).toBe(950)
    })
  })
})

describe('a table that another one took the place of', () => {
  it('is told by what was told first', async () => {
    await withRun(async (ledger) => {
      const [a, b] = [
        { table: 0, made: 'monday 17' },
        { table: 1, made: 'monday 18' },
      ]
      expect(await ledger.tablesMade(RUN, [a, b])).toEqual([])
      expect(await ledger.tablesMade(RUN, [a, { table: 1, made: 'friday 99' }])).toEqual([1])
      expect(await ledger.tablesMade(RUN, [a, b])).toEqual([])
    })
  })
})
