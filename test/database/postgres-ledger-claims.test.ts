import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ChunkClaim, ClaimResult, LedgerPort } from '../../core/ledger.js'
import type { CopyCounts } from '../../core/ports.js'
import { completeChunk, createLedger } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger } from '../support/ledger.js'
import { waitUntil } from '../support/wait.js'

const READ: CopyCounts = { rows: 7, bytes: 70, zeroDates: {} }

const claimOf = (result: ClaimResult): ChunkClaim => {
  if (result.state !== 'claimed') throw new Error('the chunk is done already')
  return result.claim
}

/** One table with two chunks. */
async function withChunks(use: (ledger: LedgerPort, pool: pg.Pool) => Promise<void>): Promise<void> {
  await withLedger(async (ledger, pool) => {
    await ledger.openRun({ run: RUN, version: 1, label: 'best-effort', tables: [{ table: 0, bundle: null }] })
    await ledger.addChunks(RUN, 0, 0, [
      { from: null, to: ['10'] },
      { from: ['10'], to: null },
    ])
    await use(ledger, pool)
  })
}

/** Begins a transaction, completes, and ends it when told. */
async function openCompletion(pool: pg.Pool, claim: ChunkClaim) {
  const client = await pool.connect()
  await client.query('begin')
  const kept = await completeChunk(client, claim, READ, READ.rows, 1.5)
  return {
    kept,
    end: async (how: 'commit' | 'rollback') => {
      await client.query(how)
      client.release()
    },
  }
}

const waitsForLock = (pool: pg.Pool, sessions = 1) =>
  waitUntil('sessions that wait for a row lock', async () => {
    const { rows } = await pool.query<{ n: string }>(
      `select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return Number(rows[0]?.n) >= sessions
  })

describe('a chunk is loaded exactly once', () => {
  it('gives every claim a newer epoch, its range, and lets only the newest complete', async () => {
    await withChunks(async (ledger, pool) => {
      const zombie = claimOf(await ledger.claim(RUN, 0, 1, 'w1'))
      const heir = claimOf(await ledger.claim(RUN, 0, 1, 'w2'))
      expect(zombie).toEqual({ run: RUN, table: 0, ordinal: 1, epoch: 1, range: { from: ['10'], to: null } })
      expect(heir.epoch).toBe(2)

      expect(await completeChunk(pool, zombie, READ, 7, 1)).toBe(false)
      expect(await completeChunk(pool, heir, READ, 7, 1)).toBe(true)
      expect(await completeChunk(pool, heir, READ, 7, 1)).toBe(false)
      expect(await ledger.claim(RUN, 0, 1, 'w3')).toEqual({ state: 'done', rows: 7, bytes: 70 })
    })
  })

  it('makes a claim wait for a completion under way, and tells it that the chunk is done', async () => {
    await withChunks(async (ledger, pool) => {
      const completion = await openCompletion(pool, claimOf(await ledger.claim(RUN, 0, 0, 'w1')))
      expect(completion.kept).toBe(true)
      const late = ledger.claim(RUN, 0, 0, 'w2')
      await waitsForLock(pool)
      await completion.end('commit')
      expect(await late).toEqual({ state: 'done', rows: 7, bytes: 70 })
    })
  })

  it('hands the chunk over where the completion rolls back', async () => {
    await withChunks(async (ledger, pool) => {
      const completion = await openCompletion(pool, claimOf(await ledger.claim(RUN, 0, 0, 'w1')))
      const late = ledger.claim(RUN, 0, 0, 'w2')
      await waitsForLock(pool)
      await completion.end('rollback')
      expect(claimOf(await late).epoch).toBe(2)
    })
  })

  it('keeps nothing of a zombie whose chunk was claimed while it was loading', async () => {
    await withChunks(async (ledger, pool) => {
      const zombie = claimOf(await ledger.claim(RUN, 0, 0, 'w1'))
      const client = await pool.connect()
      await client.query('begin')
      await client.query('select 1')
      const heir = claimOf(await ledger.claim(RUN, 0, 0, 'w2'))
      expect(await completeChunk(client, zombie, READ, 7, 1)).toBe(false)
      await client.query('rollback')
      client.release()
      expect(await completeChunk(pool, heir, READ, 7, 1)).toBe(true)
    })
  })

  it('gives two completions under one claim to one of them', async () => {
    await withChunks(async (ledger, pool) => {
      const claim = claimOf(await ledger.claim(RUN, 0, 0, 'w1'))
      const first = await openCompletion(pool, claim)
      const second = completeChunk(pool, claim, READ, 7, 1)
      await waitsForLock(pool)
      await first.end('commit')
      expect(await second).toBe(false)
    })
  })

  it('holds with 50 workers that claim, load and complete one chunk at the same time', async () => {
    await withChunks(async (ledger, pool) => {
      await pool.query('create table loaded (worker int)')
      const work = async (worker: number): Promise<'done' | 'kept' | 'fenced out'> => {
        const result = await ledger.claim(RUN, 0, 0, `w${worker}`)
        if (result.state === 'done') return 'done'
        const client = await pool.connect()
        try {
          await client.query('begin')
          await client.query('insert into loaded select $1::int from generate_series(1, 7)', [worker])
          const kept = await completeChunk(client, result.claim, READ, 7, 1)
          await client.query(kept ? 'commit' : 'rollback')
          return kept ? 'kept' : 'fenced out'
        } finally {
          client.release()
        }
      }
      const ends = await Promise.all(Array.from({ length: 50 }, (_, worker) => work(worker)))
      expect(ends.length).toBe(50)
      expect(ends.filter((end) => end === 'kept').length).toBe(1)
      const { rows } = await pool.query('select count(*)::int as n, count(distinct worker)::int as workers from loaded')
      expect(rows).toEqual([{ n: 7, workers: 1 }])
    })
  })

  it('gives 50 claims at the same time 50 different epochs', async () => {
    await withChunks(async (ledger, pool) => {
      const claims = await Promise.all(Array.from({ length: 50 }, (_, i) => ledger.claim(RUN, 0, 0, `w${i}`)))
      const epochs = claims.map((claim) => claimOf(claim).epoch).sort((a, b) => a - b)
      expect(epochs).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
      const kept = await Promise.all(claims.map((claim) => completeChunk(pool, claimOf(claim), READ, 7, 1)))
      expect(claims.filter((_, i) => kept[i]).map((claim) => claimOf(claim).epoch)).toEqual([50])
    })
  })

  it('gives up a claim whose lock does not come, and leaves the chunk as it was', async () => {
    await withChunks(async (ledger, pool) => {
      const first = claimOf(await ledger.claim(RUN, 0, 0, 'w1'))
      const completion = await openCompletion(pool, first)
      const impatient = createLedger(pool, { claimWaitsMs: 50 })
      await expect(impatient.claim(RUN, 0, 0, 'w2')).rejects.toThrow()
      await completion.end('commit')
      expect((await ledger.claim(RUN, 0, 0, 'w3')).state).toBe('done')
      const { rows } = await pool.query('show lock_timeout')
      expect(rows).toEqual([{ lock_timeout: '0' }])
    })
  })

  it('never ends a chunk whose rows read and loaded differ', async () => {
    await withChunks(async (ledger, pool) => {
      const claim = claimOf(await ledger.claim(RUN, 0, 0, 'w1'))
      await expect(completeChunk(pool, claim, READ, 6, 1)).rejects.toMatchObject({ kind: 'rows-lost' })
      expect((await ledger.chunkStats(RUN, 0)).doneChunks).toBe(0)
    })
  })

  it('names a chunk that does not exist instead of inventing it', async () => {
    await withChunks(async (ledger) => {
      await expect(ledger.claim(RUN, 0, 9, 'w1')).rejects.toMatchObject({ kind: 'internal' })
    })
  })
})

describe('a bundle', () => {
  const NAMES = Array.from({ length: 20 }, (_, i) => `t${i}`)
  const ALL = NAMES.map((_, table) => table)
  const openBundle = (ledger: LedgerPort) =>
    ledger.openRun({
      run: RUN,
      version: 1,
      label: 'best-effort',
      tables: ALL.map((table) => ({ table, bundle: table % 2 })),
    })

  it('is claimed in one statement, in the order asked, done tables told apart', async () => {
    await withLedger(async (ledger, pool) => {
      await openBundle(ledger)
      expect(await ledger.tablesOfBundle(RUN, 1)).toEqual(ALL.filter((t) => t % 2 === 1))
      await completeChunk(pool, claimOf((await ledger.claimAll(RUN, [3], 'w1'))[0]!), READ, 7, 1)
      const claims = await ledger.claimAll(RUN, [5, 3, 1], 'w2')
      expect(claims[0]).toMatchObject({
        state: 'claimed',
        claim: { table: 5, epoch: 1, range: { from: null, to: null } },
      })
      expect(claims[1]).toEqual({ state: 'done', rows: 7, bytes: 70 })
      expect(claims[2]).toMatchObject({ state: 'claimed', claim: { table: 1, epoch: 1 } })
    }, NAMES)
  })

  it('finds done what was completed while it waited', async () => {
    await withLedger(async (ledger, pool) => {
      await openBundle(ledger)
      const completion = await openCompletion(pool, claimOf((await ledger.claimAll(RUN, [4], 'w1'))[0]!))
      const claims = ledger.claimAll(RUN, [6, 4, 2], 'w2')
      await waitsForLock(pool)
      await completion.end('commit')
      expect((await claims).map((claim) => claim.state)).toEqual(['claimed', 'done', 'claimed'])
    }, NAMES)
  })

  it('does not deadlock with another claim of the same tables in the other order', async () => {
    await withLedger(async (ledger) => {
      await openBundle(ledger)
      const orders = [ALL, ALL.toReversed()]
      const rounds = await Promise.all(
        Array.from({ length: 40 }, (_, i) => ledger.claimAll(RUN, orders[i % 2]!, `w${i}`)),
      )
      expect(rounds.length).toBe(40)
      const epochs = rounds.map((round) => claimOf(round[0]!).epoch)
      expect(new Set(rounds.flat().map((c) => `${claimOf(c).table}/${claimOf(c).epoch}`)).size).toBe(40 * 20)
      expect(Math.max(...epochs)).toBe(40)
    }, NAMES)
  })
})
