import { describe, expect, it } from 'vitest'
import { minusBuckets, sumOfBuckets } from '../../core/digest-sum.js'
import type { ProofReport, TableProof, Verdict } from '../../core/proof.js'
import { tablesToMend } from '../../core/repair.js'
import { bucketDigest } from '../support/lines.js'

const proof = (id: string, verdicts: Record<string, Verdict>): ProofReport => ({
  ...{ format: 1, migration: 'shop', proof: id, run: 'r', kind: 'verify', withSource: false, witness: 0 },
  ...{ started: '2026-11-20T03:00:00.000Z', ended: null, verdict: null, differences: 0 },
  tables: Object.entries(verdicts).map(([table, verdict]): TableProof => ({
    ...{ table, verdict, form: 'ordered', rowsSource: 1, rowsTarget: 1, differences: 1, seconds: 1 },
    ...{ s0: null, t: null, s1: null, witness: null },
  })),
})

describe('what a repair mends', () => {
  it('are tables whose newest proof says that the target is not what was copied', () => {
    const proofs = [
      proof('r.4', { customer: 'equal', tag: 'not proved' }),
      proof('r.3', { orders: 'target changed', log: 'witness disagrees' }),
      proof('r.2', { customer: 'copy wrong', tag: 'copy wrong', visit: 'differs from the source now' }),
      proof('r', { visit: 'copy wrong', orders: 'equal', page: 'copy wrong' }),
    ]
    expect(tablesToMend(proofs).map(({ table, basis }) => `${table} by ${basis}`)).toEqual([
      'orders by r.3',
      'tag by r.2',
      'page by r',
    ])
    expect(tablesToMend([])).toEqual([])
  })

  it('changes a digest by exactly the rows that go and come', () => {
    const of = (...lines: string[]): string => bucketDigest(lines, 16).value
    const before = of('a', 'b', 'b', 'c')
    const after = minusBuckets(sumOfBuckets([before, of('x', 'y')])!, of('b', 'c'))
    expect(after).toBe(of('y', 'a', 'x', 'b'))
    expect(minusBuckets(before, before)).toBe(of())
    expect(() => minusBuckets(before, '')).toThrow(/other buckets/)
  })
})
