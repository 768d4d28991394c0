import { describe, expect, it } from 'vitest'
import { compareBuckets, digestSides } from '../../activities/comparing.js'
import { describe as describeRow } from '../../core/compare/describe.js'
import { identityOf } from '../../core/compare/identity.js'
import type { RowDifference } from '../../core/compare/row-difference.js'
import { BOUNDS, type Bounds } from '../../core/compare/surplus.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { keyedTable, seeded, sha256 } from '../support/lines.js'
import { ALL, type Look, sidesInMemory } from '../support/sides.js'

const TEXT = { as: 'text', charset: 'utf8mb4' } as const
const KEYED = keyedTable([TEXT, TEXT], [false])
const KEYLESS = keyedTable([TEXT, TEXT], [])
/** Many goes, many parts, and row ids that do not fit. */
const FEW: Bounds = { lines: 30, bytes: 1000, ids: 2 }

interface Options {
  /** What is there once both sides were seen a first time. */
  readonly later?: Look
  readonly bounds?: Bounds
  readonly rowIds?: boolean
}

/** As a proof or a repair does it, over sides in memory. */
async function compare(table: PlannedTable, first: Look, options: Options = {}) {
  const { later = first, bounds = BOUNDS, rowIds = true } = options
  const sides = sidesInMemory(table, first, { rowIds })
  const { differing } = await digestSides(sides, ALL)
  const found: RowDifference[] = []
  const pause = (): Promise<void> => Promise.resolve(void Object.assign(sides.rows, later))
  if (differing !== null) for await (const one of compareBuckets(sides, ALL, differing, pause, bounds)) found.push(one)
  return { found, looks: sides.looks }
}

const told = (table: PlannedTable, found: readonly RowDifference[]): string[] =>
  found
    .map((one) => describeRow(table, identityOf(table), sha256, one))
    .map(({ kind, key, times }) => `${kind} ${key} ${times}`)
    .sort()

/** What the target holds once the differences are applied to it. */
function mended(target: readonly string[], found: readonly RowDifference[]): string[] {
  const gone = found.flatMap(({ rowIds }) => rowIds)
  expect(new Set(gone).size, 'no row goes twice').toBe(gone.length)
  const come = found.flatMap(({ source, times }) =>
    source === null ? [] : Array.from({ length: times }, () => Buffer.from(source).toString()),
  )
  const stay = target.filter((_, i) => !gone.includes(`(${i},1)`))
  return [...stay, ...come].sort()
}

/** Some rows changed, some gone, some more; what a person would say of it. */
function spoiled(random: (below: number) => number) {
  const keys = [...new Set(Array.from({ length: 150 }, () => `K${random(1000)}${['', ' ', 'é', '🚢'][random(4)]}`))]
  const source = keys.map((key) => `${key}\tvalue ${random(5)}`)
  const target = source.flatMap((line) => {
    const fate = random(15)
    if (fate === 0) return []
    if (fate === 1) return [`${line}x`]
    if (fate === 2) return [line, `new-${line}`]
    return [line]
  })
  const [ours, theirs] = [source, target].map((lines) => new Map(lines.map((l) => l.split('\t') as [string, string])))
  const expected = [...new Set([...ours!.keys(), ...theirs!.keys()])].flatMap((key) => {
    const [a, b] = [ours!.get(key), theirs!.get(key)]
    return a === b ? [] : [`${b === undefined ? 'missing' : a === undefined ? 'extra' : 'changed'} a=${key} 1`]
  })
  return { source, target: target.toReversed(), expected: expected.sort() }
}

describe('rows in buckets', () => {
  it('differ as they do on paper, in one go or in many, and are mended as often as they must', async () => {
    let [differences, looks] = [0, 0]
    for (let seed = 1; seed <= 12; seed++) {
      const { source, target, expected } = spoiled(seeded(seed))
      const inOne = await compare(KEYED, { source, target })
      expect(told(KEYED, inOne.found)).toEqual(expected)
      expect(inOne.looks).toEqual({ source: 3, target: 3 })
      for (const { rowIds, target: line } of inOne.found)
        expect(rowIds).toEqual(line === null ? [] : [`(${target.indexOf(Buffer.from(line).toString())},1)`])
      const inMany = await compare(KEYED, { source, target }, { bounds: FEW, rowIds: false })
      expect(told(KEYED, inMany.found)).toEqual(expected)
      const { found } = await compare(KEYED, { source, target }, { bounds: FEW })
      expect([mended(target, found), mended(target, inOne.found)]).toEqual([source.toSorted(), source.toSorted()])
      differences += expected.length
      looks = Math.max(looks, inMany.looks.source)
    }
    expect([differences > 160, looks > 5]).toEqual([true, true])
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
    const { found } = await compare(KEYED, first, { later })
    // k1's old row is extra both times; its new one moved on, and k4 is gone.
    expect(told(KEYED, found)).toEqual(['extra a=k1 1', 'missing a=k3 1'])
  })

  it('that still differ are found while others come and go', async () => {
    const still = { source: ['k1\tnew', 'k2\tb'], target: ['k1\told', 'k2\tb', 'k3\tc'] }
    const moving = { ...still, source: [...still.source, ...Array.from({ length: 200 }, (_, i) => `m${i}\tx`)] }
    for (const [first, later] of [
      [still, moving],
      [moving, still],
    ] as const)
      expect(told(KEYED, (await compare(KEYED, first, { later, bounds: FEW, rowIds: false })).found)).toEqual([
        ...['changed a=k1 1', 'extra a=k3 1'],
      ])
  })

  it('are not looked at where the digests are equal', async () => {
    const lines = ['k1\ta', 'k2\tb']
    expect(await compare(KEYED, { source: lines, target: lines.toReversed() })).toEqual({
      found: [],
      looks: { source: 1, target: 1 },
    })
  })
})

describe('what is looked at', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `key ${i}\tvalue of ${i}`)

  it('are only lines in cells that differ: few differences in many rows take one go', async () => {
    const source = rows(60_000)
    const target = source.map((line, i) => (i % 1200 === 7 ? `${line}x` : line))
    const table = { ...KEYED, estimatedRows: 60_000 }
    // A hundredth of the rows that lie in differing buckets.
    const { found, looks } = await compare(table, { source, target }, { bounds: { ...BOUNDS, lines: 600 } })
    expect(found.map(({ kind }) => kind)).toEqual(Array.from({ length: 50 }, () => 'changed'))
    expect(looks).toEqual({ source: 3, target: 3 })
  })

  it('takes as many goes as memory makes necessary where everything differs', async () => {
    const [source, target] = [rows(4000), rows(4000).map((line) => `${line}x`)]
    const goes = async (bounds: Partial<Bounds>, rowIds = false) => {
      const { found, looks } = await compare(KEYED, { source, target }, { bounds: { ...BOUNDS, ...bounds }, rowIds })
      expect(found.filter(({ kind }) => kind === 'changed')).toHaveLength(4000)
      return looks
    }
    expect(await goes({})).toEqual({ source: 3, target: 3 })
    // Four goes of some 2,000 lines, each seen twice.
    expect(await goes({ lines: 2500 })).toEqual({ source: 9, target: 9 })
    // One first look, and parts of it.
    expect(await goes({ bytes: 200_000 })).toEqual({ source: 2 + 4, target: 2 + 4 })
    expect(await goes({ ids: 100 }, true)).toEqual({ source: 3, target: 4 })
  })

  it('copies of one line beyond all bounds are one line', async () => {
    const source = ['a\t1', 'b\t2']
    const copies = Array.from({ length: 20_000 }, () => 'a\t1')
    const target = ['b\t2', ...copies, 'c\t3']
    const { found, looks } = await compare(KEYLESS, { source, target }, { bounds: { lines: 10, bytes: 500, ids: 100 } })
    expect(looks).toEqual({ source: 3, target: 4 })
    expect(Math.max(...found.map(({ rowIds }) => rowIds.length))).toBe(5000)
    expect(mended(target.slice(0, 5000), found.slice(0, 1))).toHaveLength(1)
    expect(found.reduce((sum, { rowIds }) => sum + rowIds.length, 0)).toBe(20_000)
    const missing = await compare(KEYLESS, { source: target, target: source }, { bounds: FEW })
    expect(missing.found.map(({ kind, times }) => `${kind} ${times}`).sort()).toEqual(['missing 1', 'missing 19999'])
  })

  it('rows that share a key which the target lost its index on are mended all the same', async () => {
    const target = Array.from({ length: 400 }, (_, i) => `same\t${i}`)
    const { found } = await compare(KEYED, { source: ['same\t7'], target }, { bounds: FEW })
    expect(mended(target, found)).toEqual(['same\t7'])
  })
})
