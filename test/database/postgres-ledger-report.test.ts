import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { FailureRecord } from '../../core/failure.js'
import type { ChunkClaim, LedgerPort } from '../../core/ledger.js'
import { completeChunk } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger } from '../support/ledger.js'

const FAILURE: FailureRecord = {
  kind: 'row-refused',
  message: 'a row was refused',
  remedy: 'repair it',
  column: 'note',
  key: 'id=17',
  reason: 'the text holds a NUL: a\0b',
}

const open = (ledger: LedgerPort, run = RUN, tables = 2) =>
  ledger.openRun({
    run,
    version: 1,
    label: 'best-effort',
    tables: Array.from({ length: tables }, (_, table) => ({ table, bundle: 0 })),
  })

async function take(ledger: LedgerPort, table: number): Promise<ChunkClaim> {
  const [result] = await ledger.claimAll(RUN, [table], 'w')
  if (result?.state !== 'claimed') throw new Error('done already')
  return result.claim
}

async function finish(pool: pg.Pool, claim: ChunkClaim, rows: number, zeroDates: Record<string, number> = {}) {
  expect(await completeChunk(pool, claim, { rows, bytes: rows * 10, zeroDates }, rows, 2)).toBe(true)
}

describe('progress', () => {
  it('counts what is under way, from nothing again after a new claim, and not for a table that stopped', async () => {
    await withLedger(async (ledger, pool) => {
      await open(ledger)
      const rows = async () => (await ledger.progress(RUN)).tables.map((t) => t.rows)
      const zombie = await take(ledger, 0)
      await ledger.chunkProgress(zombie, 40, 400)
      expect(await rows()).toEqual([40, 0])

      const heir = await take(ledger, 0)
      expect(await rows()).toEqual([0, 0])
      await ledger.chunkProgress(zombie, 50, 500)
      expect(await rows()).toEqual([0, 0])
      await ledger.chunkProgress(heir, 30, 300)
      expect(await rows()).toEqual([30, 0])

      await ledger.setTable(RUN, 0, { state: 'stopped' })
      expect(await rows()).toEqual([0, 0])
      await finish(pool, heir, 60)
      await ledger.chunkProgress(heir, 61, 610)
      expect(await rows()).toEqual([60, 0])
    })
  })

  it('never waits for a completion that has not committed', async () => {
    await withLedger(async (ledger, pool) => {
      await open(ledger)
      const claim = await take(ledger, 0)
      const client = await pool.connect()
      await client.query('begin')
      await completeChunk(client, claim, { rows: 1, bytes: 1, zeroDates: {} }, 1, 1)
      await ledger.chunkProgress(claim, 5, 50)
      await client.query('commit')
      client.release()
      expect((await ledger.progress(RUN)).tables[0]?.rows).toBe(1)
    })
  })

  it('names state, phase, tables, estimates and what is being done', async () => {
    await withLedger(async (ledger) => {
      await open(ledger)
      await ledger.enterPhase(RUN, 'schema')
      await ledger.enterPhase(RUN, 'clone')
      await ledger.enterPhase(RUN, 'schema')
      await ledger.setTables(RUN, [0, 1], { state: 'copying' })
      await ledger.setTable(RUN, 1, { doing: 'index a' })
      await ledger.setTable(RUN, 1, { state: 'indexed' })
      const progress = await ledger.progress(RUN)
      expect(progress).toMatchObject({ run: RUN, state: 'running', phase: 'clone' })
      expect(progress.started).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      const known = { rows: 0, bytes: 0, estimatedBytes: 50_000 }
      expect(progress.tables).toEqual([
        { ...known, table: 'items', state: 'copying', doing: null, estimatedRows: 1000 },
        { ...known, table: 'orders', state: 'indexed', doing: 'index a', estimatedRows: 1001 },
      ])
      await ledger.setTable(RUN, 1, { doing: null })
      expect((await ledger.progress(RUN)).tables[1]?.doing).toBeNull()
      await expect(ledger.progress('20200101-000000')).rejects.toMatchObject({ kind: 'refused' })
    })
  })
})

describe('the report', () => {
  it('has rows, seconds, failures and declared losses of every table', async () => {
    await withLedger(async (ledger, pool) => {
      await open(ledger)
      await ledger.enterPhase(RUN, 'schema')
      await ledger.enterPhase(RUN, 'clone')
      await finish(pool, await take(ledger, 0), 100, { sold: 3, paid: 2, other: 0 })
      await take(ledger, 1)
      await ledger.addSeconds(RUN, 0, 'indexes', 0.5)
      await ledger.addSeconds(RUN, 0, 'indexes', 0.25)
      await ledger.setTable(RUN, 0, { state: 'done', rowsCounted: 100 })
      await ledger.setTable(RUN, 1, { state: 'stopped' })
      await ledger.addFailure(RUN, 1, FAILURE)
      await ledger.addFailure(RUN, 1, FAILURE)
      const summary = await ledger.closeRun(RUN, 'incomplete', null)
      expect(summary).toMatchObject({ tables: 2, stopped: 1, rows: 100, bytes: 1000, state: 'incomplete', version: 1 })
      expect(summary.reason).toBe('1 table stopped: orders (row refused)')

      const report = await ledger.report(RUN)
      expect(report).toMatchObject({ format: 1, migration: 'shop', label: 'best-effort', summary })
      expect(report.phases.map((p) => p.phase)).toEqual(['schema', 'clone'])
      expect(report.phases.every((p) => p.seconds >= 0)).toBe(true)
      expect(report.tables).toEqual([
        {
          table: 'items',
          target: 'items',
          state: 'done',
          rowsRead: 100,
          rowsLoaded: 100,
          rowsCounted: 100,
          bytes: 1000,
          chunks: 1,
          seconds: { copy: 2, indexes: 0.75, constraints: 0, vacuum: 0 },
          // Work of half a second that ended right after its run began is not said to have begun before it.
          spans: [
            { step: 'indexes', from: 0, to: expect.any(Number) },
            { step: 'copy', from: expect.any(Number), to: expect.any(Number) },
          ],
          failures: [],
        },
        expect.objectContaining({
          table: 'orders',
          state: 'stopped',
          rowsLoaded: 0,
          rowsCounted: null,
          failures: [{ ...FAILURE, reason: 'the text holds a NUL: a␀b' }],
        }),
      ])
      expect(report.declaredLosses).toEqual([
        { table: 'items', column: 'paid', what: 'zero date became -infinity', rows: 2 },
        { table: 'items', column: 'sold', what: 'zero date became NULL', rows: 3 },
      ])
      expect(report.notCarried).toHaveLength(1)
    })
  })

  it('stays as it was when a run is closed or opened again', async () => {
    await withLedger(async (ledger) => {
      await open(ledger)
      const closed = await ledger.closeRun(RUN, 'complete', null)
      expect(closed).toMatchObject({ state: 'complete', reason: null })
      expect(closed.ended).not.toBeNull()
      expect(await ledger.closeRun(RUN, 'incomplete', 'late')).toEqual(closed)
      await open(ledger)
      await ledger.enterPhase(RUN, 'vacuum')
      expect((await ledger.runs(5))[0]).toEqual(closed)
      expect((await ledger.progress(RUN)).phase).toBe('closed')
    })
  })

  it('names five tables that stopped, and how many more', async () => {
    const names = Array.from({ length: 8 }, (_, i) => `t${i}`)
    await withLedger(async (ledger) => {
      await open(ledger, RUN, 8)
      await ledger.setTables(
        RUN,
        names.map((_, i) => i),
        { state: 'stopped' },
      )
      const { reason } = await ledger.closeRun(RUN, 'incomplete', null)
      expect(reason).toBe('8 tables stopped: t0, t1, t2, t3, t4, 3 more')
    }, names)
  })

  it('refuses a run id under another version', async () => {
    await withLedger(async (ledger) => {
      await open(ledger)
      await open(ledger)
      await expect(ledger.openRun({ run: RUN, version: 2, label: 'best-effort', tables: [] })).rejects.toThrow()
    })
  })
})

describe('the spans of a table', () => {
  it('go from the first beginning to the last end of a step in each pass, in the time that the run was under way', async () => {
    await withLedger(async (ledger, pool) => {
      await open(ledger)
      await ledger.enterPhase(RUN, 'schema')
      const indexes = async () => {
        const { spans } = (await ledger.report(RUN)).tables[0]!
        return spans!.filter(({ step }) => step === 'indexes').map(({ from, to }) => [Math.floor(from), Math.floor(to)])
      }
      await pool.query(`update nightferry.run_phase set started_at = now() - interval '100 seconds'`)
      await ledger.addSeconds(RUN, 0, 'indexes', 5)
      await ledger.addSeconds(RUN, 0, 'indexes', 1)
      expect(await indexes()).toEqual([[95, 100]])
      // A day later it is taken up again.
      await pool.query(`
        update nightferry.run_table set spans = jsonb_build_object('indexes', jsonb_build_array(jsonb_build_array(
          extract(epoch from now()) - 86405, extract(epoch from now()) - 86400))) where table_ordinal = 0;
        update nightferry.run_phase set started_at = now() - interval '86500 seconds', ended_at = now() - interval '86400 seconds';
        insert into nightferry.run_phase (run, pass, phase, started_at) values ('${RUN}', 1, 'clone', now() - interval '20 seconds')`)
      await ledger.addSeconds(RUN, 0, 'indexes', 3)
      await ledger.addSeconds(RUN, 0, 'indexes', 2)
      expect(await indexes()).toEqual([
        [95, 100],
        [117, 120],
      ])
    })
  })
})

describe('a big ledger', () => {
  it('answers in at most eleven statements for 500 tables and 5,000 chunks, after many runs', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `t${i}`)
    await withLedger(async (ledger, pool) => {
      const runs = Array.from({ length: 20 }, (_, i) => `202610${10 + i}-030000`)
      for (const run of runs) {
        await open(ledger, run, 500)
        await ledger.closeRun(run, 'complete', null)
      }
      await open(ledger, RUN, 500)
      await ledger.addChunks(
        RUN,
        499,
        0,
        Array.from({ length: 5000 }, (_, i) => ({ from: i ? [`${i}`] : null, to: i < 4999 ? [`${i + 1}`] : null })),
      )
      let statements = 0
      pool.on('acquire', () => statements++)
      expect((await ledger.progress(RUN)).tables.length).toBe(500)
      expect(statements).toBeLessThanOrEqual(3)
      statements = 0
      expect((await ledger.report(RUN)).tables[499]?.chunks).toBe(5000)
      expect(statements).toBeLessThanOrEqual(11)
      expect((await ledger.runs(50)).map((r) => r.run)).toEqual([RUN, ...runs.toReversed()])
    }, names)
  })
})
