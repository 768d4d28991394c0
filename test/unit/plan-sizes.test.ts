import { describe, expect, test } from 'vitest'
import { bundlesOf, isBig } from '../../core/plan/bundles.js'
import { chunkRows } from '../../core/plan/chunk-rows.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { ChunkStats } from '../../core/ledger.js'
import { column, index, planOf, table } from '../support/catalog.js'

const MB = 1024 * 1024

/** A plan of tables with these estimated bytes. */
function sized(bytes: readonly number[], limits: Record<string, unknown> = {}) {
  const name = (i: number): string => `t${String(i).padStart(5, '0')}`
  return planOf(
    bytes.map((estimatedBytes, i) =>
      table(name(i), [column('id', 'int', { nullable: false })], {
        indexes: [index('PRIMARY', ['id'])],
        estimatedBytes,
      }),
    ),
    { limits },
  )
}

describe('how tables are copied', () => {
  const invariant = (bytes: readonly number[], limits: Record<string, unknown> = {}) => {
    const plan = sized(bytes, limits)
    const { big, bundles } = bundlesOf(plan)
    const all = [...big, ...bundles.flat()]
    expect([...all].sort((a, b) => a - b)).toEqual(plan.tables.map((t) => t.ordinal))
    expect(big.length).toBeLessThanOrEqual(400)
    for (const bundle of bundles) {
      expect(bundle.length).toBeGreaterThan(0)
      expect(bundle.length).toBeLessThanOrEqual(50)
      const sum = bundle.reduce((total, ordinal) => total + bytes[ordinal]!, 0)
      expect(bundle.length === 1 || sum <= plan.limits.chunkBytes).toBe(true)
    }
    expect(bundlesOf(plan)).toEqual({ big, bundles })
    return { big, bundles }
  }
  test('one empty table is one bundle', () => expect(invariant([0])).toEqual({ big: [], bundles: [[0]] }))
  test('no table, no bundle', () => expect(bundlesOf(sized([]))).toEqual({ big: [], bundles: [] }))
  test('500 tiny tables are few bundles, all alike', () => {
    const { big, bundles } = invariant(Array<number>(500).fill(16384))
    expect(big).toEqual([])
    expect(bundles.map((b) => b.length)).toEqual(Array<number>(10).fill(50))
  })
  test('as many bundles as sessions, as soon as each has something to do', () => {
    expect(invariant(Array<number>(20).fill(16384), { parallelism: 4 }).bundles).toHaveLength(4)
    expect(invariant(Array<number>(20).fill(16384), { parallelism: 8 }).bundles).toHaveLength(8)
    expect(invariant(Array<number>(3).fill(16384), { parallelism: 8 }).bundles).toHaveLength(2)
  })
  test('no bundle is more than a chunk', () => {
    expect(invariant([40 * MB, 40 * MB, 30 * MB, 20 * MB, 1, 1]).bundles.length).toBeGreaterThanOrEqual(3)
  })
  test('big tables come biggest first', () => {
    expect(invariant([70 * MB, 1, 500 * MB, 64 * MB, 70 * MB])).toMatchObject({ big: [2, 0, 4] })
  })
  test('exactly a chunk is not big', () => {
    const plan = sized([64 * MB, 64 * MB + 1])
    expect(plan.tables.map((t) => isBig(t, plan.limits))).toEqual([false, true])
  })
  test('beyond 400 the smallest of the big ones are bundles alone', () => {
    const { big, bundles } = invariant(Array.from({ length: 403 }, (_, i) => 100 * MB + i))
    expect(big[0]).toBe(402)
    expect(big).toHaveLength(400)
    expect(bundles.map((b) => b.length)).toEqual([1, 1, 1])
  })
  test('whatever the sizes, each table is copied once', () => {
    // A fixed sequence that looks like chance, so that a failure can be seen again.
    let seed = 1
    const next = (): number => (seed = (seed * 48271) % 2147483647)
    for (let round = 0; round < 30; round++) {
      const bytes = Array.from({ length: next() % 700 }, () => next() % (next() % 3 ? 200_000 : 90 * MB))
      const { big, bundles } = invariant(bytes, { parallelism: 1 + (next() % 16) })
      expect(big.length + bundles.flat().length).toBe(bytes.length)
    }
  })
})

describe('rows of a chunk', () => {
  const NOTHING: ChunkStats = {
    ...{ chunks: 0, complete: false, end: null },
    ...{ doneChunks: 0, doneRows: 0, doneBytes: 0, doneSeconds: 0 },
  }
  const of = (estimatedRows: number, estimatedBytes: number): PlannedTable => ({
    ...sized([estimatedBytes]).tables[0]!,
    estimatedRows,
  })
  const limits = (chunkBytes = 64 * MB, parallelism = 4) => ({ chunkBytes, parallelism })
  const measured = (done: Partial<ChunkStats>): ChunkStats => ({ ...NOTHING, ...done })

  test('a sixteenth of a table for four sessions', () => {
    expect(chunkRows(NOTHING, limits(), of(2_000_000, 400 * MB))).toBe(125_000)
  })
  test('never above chunk_bytes', () => {
    expect(chunkRows(NOTHING, limits(), of(1e9, 1e9 * 100))).toBe(Math.floor((64 * MB) / 100))
  })
  test('not below 4 MB', () => {
    expect(chunkRows(NOTHING, limits(), of(100_000, 10 * MB))).toBe(Math.floor((4 * MB) / ((10 * MB) / 100_000)))
  })
  test('an explicit chunk_bytes goes below 4 MB', () => {
    expect(chunkRows(NOTHING, limits(1000), of(100_000, 10 * MB))).toBe(9)
  })
  test('a chunk_bytes of one byte means one row, also once chunks were measured', () => {
    expect(chunkRows(NOTHING, limits(1), of(5000, 250_000))).toBe(1)
    const done = measured({ doneChunks: 100, doneRows: 100, doneBytes: 900, doneSeconds: 1 })
    expect(chunkRows(done, limits(1), of(5000, 250_000))).toBe(1)
  })
  test('what chunks measured goes before the estimates', () => {
    const done = measured({ doneChunks: 1, doneRows: 1000, doneBytes: 1_000_000, doneSeconds: 0.1 })
    expect(chunkRows(done, limits(), of(2_000_000, 400 * MB))).toBe(Math.floor((25 * MB) / 1000))
  })
  test('ten seconds are the most, as fast as it went', () => {
    const slow = measured({ doneChunks: 2, doneRows: 1000, doneBytes: 1_000_000, doneSeconds: 20 })
    expect(chunkRows(slow, limits(), of(2_000_000, 400 * MB))).toBe(500)
  })
  test('rows so wide that one is a chunk', () => {
    const wide = measured({ doneChunks: 1, doneRows: 1, doneBytes: 500 * MB, doneSeconds: 30 })
    expect(chunkRows(wide, limits(), of(10, 5000 * MB))).toBe(1)
  })
  test.each([
    [0, 0],
    [0, 16384],
    [10, 0],
  ])('estimates of %d rows and %d bytes still give a number', (rows, bytes) => {
    const answer = chunkRows(NOTHING, limits(), of(rows, bytes))
    expect(Number.isSafeInteger(answer) && answer > 1000).toBe(true)
  })
  test('empty chunks that were done tell nothing', () => {
    const empty = measured({ doneChunks: 3, doneSeconds: 1 })
    expect(chunkRows(empty, limits(), of(1000, MB))).toBe(chunkRows(NOTHING, limits(), of(1000, MB)))
  })
})
