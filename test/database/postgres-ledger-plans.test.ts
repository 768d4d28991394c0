import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ChunkClaim, LedgerPort } from '../../core/ledger.js'
import { completeChunk, createLedger } from '../../databases/postgres/ledger/index.js'
import { RUN, withLedger } from '../support/ledger.js'

const CHUNKS = 1000
const CLAIM: ChunkClaim = { run: RUN, table: 0, ordinal: 77, epoch: 1, range: { from: null, to: null } }

/** Runs that ended long ago are in the planner's statistics, the newest one is not: as on every second night. */
async function withNewestRun(use: (pool: pg.Pool) => Promise<void>): Promise<void> {
  await withLedger(async (ledger, pool) => {
    for (let night = 10; night < 15; night++) await openWhole(ledger, `202601${night}-030000`)
    await pool.query('analyze')
    await openWhole(ledger, RUN)
    await use(pool)
  })
}

async function openWhole(ledger: LedgerPort, run: string): Promise<void> {
  await ledger.openRun({ run, version: 1, label: 'best-effort', tables: [{ table: 0, bundle: null }] })
  const key = (i: number) => (i > 0 && i < CHUNKS ? [`${i}`] : null)
  await ledger.addChunks(
    run,
    0,
    0,
    Array.from({ length: CHUNKS }, (_, i) => ({ from: key(i), to: key(i + 1) })),
  )
}

/** A pool that explains each statement instead of running it, and keeps how each reads `chunk`. */
function explaining(pool: pg.Pool): { spy: pg.Pool; conditions: string[] } {
  const conditions: string[] = []
  const query = async (text: string, values: unknown[]) => {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${text}`, values)
    for (const node of nodesOf(rows[0]!['QUERY PLAN'][0].Plan))
      if (node['Relation Name'] === 'chunk' && node['Node Type'] !== 'ModifyTable')
        conditions.push(node['Index Cond'] ?? node['Node Type'])
    return { rows: [], rowCount: 0 }
  }
  return { spy: { query, on: () => {} } as unknown as pg.Pool, conditions }
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

describe('a statement about one chunk', () => {
  it.each<[string, number, (spy: pg.Pool) => Promise<unknown>]>([
    ['claim', 2, (spy) => createLedger(spy).claim(RUN, 0, 77, 'w')],
    ['progress', 2, (spy) => createLedger(spy).chunkProgress(CLAIM, 1, 1)],
    ['completion', 1, (spy) => completeChunk(spy, CLAIM, { rows: 1, bytes: 1, zeroDates: {} }, 1, 1)],
  ])('finds it by its whole key, however many there are: %s', async (_what, reads, run) => {
    await withNewestRun(async (pool) => {
      const { spy, conditions } = explaining(pool)
      // There are no rows in an explanation, so a claim cannot end well.
      await run(spy).catch(() => {})
      expect(conditions.length).toBe(reads)
      for (const condition of conditions) {
        expect(condition).toContain('run =')
        expect(condition).toContain('table_ordinal =')
        expect(condition).toContain('(ordinal =')
      }
    })
  })
})
