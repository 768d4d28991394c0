import { describe, expect, it } from 'vitest'
import { differingBuckets } from '../../core/compare/buckets.js'
import { describe as describeRow } from '../../core/compare/describe.js'
import { identityOf } from '../../core/compare/identity.js'
import { Confirmed, Surplus } from '../../core/compare/multiset.js'
import type { RowDifference } from '../../core/compare/row-difference.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { blocksOf, bucketDigest, keyedTable, seeded, sha256 } from '../support/lines.js'

const TEXT = { as: 'text', charset: 'utf8mb4' } as const
const KEYED = keyedTable([TEXT, TEXT], [false])
const KEYLESS = keyedTable([TEXT, TEXT], [])
const BUCKETS = 16

interface Look {
  readonly source: readonly string[]
  readonly target: readonly string[]
}

/** As the activity does it: digests, then two looks for each go. `later`: what the second look finds. */
async function compare(table: PlannedTable, first: Look, later: Look = first, mostRows = 200_000) {
  const random = seeded(7)
  const buckets = differingBuckets(bucketDigest(first.source, BUCKETS), bucketDigest(first.target, BUCKETS), mostRows)
  const found: RowDifference[] = []
  const identity = identityOf(table)
  for (let go = 0; go < (buckets?.goes ?? 0); go++) {
    const selection = { buckets: buckets!, identity, hash: sha256, go }
    const surplus = new Surplus(selection)
    await surplus.see('source', blocksOf(first.source, random))
    await surplus.see('target', blocksOf(first.target, random))
    const confirmed = new Confirmed(selection, surplus.counts)
    const ids = later.target.map((line, i) => `(${i},1)\t${line}`)
    await confirmed.see('source', blocksOf(later.source, random), { rowIds: false })
    await confirmed.see('target', blocksOf(ids, random), { rowIds: true })
    found.push(...confirmed.differences())
  }
  return { found, goes: buckets?.goes ?? 0 }
}

const told = (table: PlannedTable, found: readonly RowDifference[]): string[] =>
  found
    .map((one) => describeRow(table, identityOf(table), sha256, one))
    .map(({ kind, key, times }) => `${kind} ${key} ${times}`)
    .sort()

describe('rows in buckets', () => {
  it('differ as they do on paper, in one go or in many', async () => {
    let [differences, goes] = [0, 0]
    for (let seed = 1; seed <= 6; seed++) {
      const random = seeded(seed)
      const keys = [...new Set(Array.from({ length: 150 }, () => `K${random(1000)}${['', ' ', 'é', '🚢'][random(4)]}`))]
      const source = keys.map((key) => `${key}\tvalue ${random(5)}`)
      const target = source.flatMap((line) => {
        const fate = random(15)
        if (fate === 0) return []
        if (fate === 1) return [`${line}x`]
        if (fate === 2) return [line, `new-${line}`]
        return [line]
      })
      const [ours, theirs] = [source, target].map(
        (lines) => new Map(lines.map((l) => l.split('\t') as [string, string])),
      )
      const expected = [...new Set([...ours!.keys(), ...theirs!.keys()])].flatMap((key) => {
        const [a, b] = [ours!.get(key), theirs!.get(key)]
        return a === b ? [] : [`${b === undefined ? 'missing' : a === undefined ? 'extra' : 'changed'} a=${key} 1`]
      })
      const inOne = await compare(KEYED, { source, target })
      const inMany = await compare(KEYED, { source, target: [...target].reverse() }, undefined, 30)
      expect(told(KEYED, inOne.found)).toEqual(expected.sort())
      goes = Math.max(goes, inMany.goes)
      expect(told(KEYED, inMany.found)).toEqual(expected)
      differences += expected.length
      for (const { rowIds, target: line } of inOne.found)
        expect(rowIds).toEqual(line === null ? [] : [`(${target.indexOf(Buffer.from(line).toString())},1)`])
    }
    expect([differences > 80, goes > 3]).toEqual([true, true])
  })

  it('without a key are counted: a duplicate does not make up for a row that vanished', async () => {
    const source = ['a\t1', 'a\t1', 'b\t1', 'c\t1']
    const target = ['a\t1', 'a\t1', 'a\t1', 'a\t1', 'c\t1']
    const { found } = await compare(KEYLESS, { source, target })
    expect(told(KEYLESS, found)).toEqual([
      expect.stringMatching(/^extra row [0-9a-f]{16} 2$/),
      expect.stringMatching(/^missing row [0-9a-f]{16} 1$/),
    ])
    expect(found.find(({ kind }) => kind === 'extra')?.rowIds).toHaveLength(2)
  })

  it('count only when they differ in the same way twice', async () => {
    const first = { source: ['k1\tnew', 'k2\tb', 'k3\tc'], target: ['k1\told', 'k2\tb', 'k4\td'] }
    const later = { source: ['k1\tnewer', 'k2\tb', 'k3\tc'], target: ['k1\told', 'k2\tb'] }
    const { found } = await compare(KEYED, first, later)
    // k1's old row is extra both times; its new one moved on, and k4 is gone.
    expect(told(KEYED, found)).toEqual(['extra a=k1 1', 'missing a=k3 1'])
  })

  it('are not looked at where the digests are equal', async () => {
    const lines = ['k1\ta', 'k2\tb']
    expect(await compare(KEYED, { source: lines, target: [...lines].reverse() })).toEqual({ found: [], goes: 0 })
  })
})
