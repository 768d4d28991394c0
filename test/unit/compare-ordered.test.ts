import { describe, expect, it } from 'vitest'
import { describe as describeRow } from '../../core/compare/describe.js'
import { identityOf } from '../../core/compare/identity.js'
import { keyOrder } from '../../core/compare/keys.js'
import { compareOrdered } from '../../core/compare/ordered.js'
import { fingerprint, type RowDifference } from '../../core/compare/row-difference.js'
import { blocksOf, keyedTable, seeded, sha256 } from '../support/lines.js'

const TABLE = keyedTable(
  [{ as: 'integer' }, { as: 'integer' }, { as: 'text', charset: 'utf8mb4' }, { as: 'text', charset: 'utf8mb4' }],
  [false, true],
)
const VALUES = ['\\N', '', 'ä', '🚢', 'a\\tb', 'line\\nline', '\\\\', 'x'.repeat(300), '0', ' ']

type Row = readonly [number, number, string, string]

const lineOf = (row: Row): string => row.join('\t')
const keyOf = ([a, b]: Row): string => `a=${a}, b=${b}`

function randomRows(random: (below: number) => number): Row[] {
  const rows = new Map<string, Row>()
  const count = random(120)
  for (let i = 0; i < count; i++) {
    const value = () => VALUES[random(VALUES.length)] as string
    const row: Row = [random(20) - 10, random(40) - 20, value(), value()]
    rows.set(keyOf(row), row)
  }
  return inOrder([...rows.values()])
}

const inOrder = (rows: Row[]): Row[] => rows.sort((a, b) => a[0] - b[0] || b[1] - a[1])

/** Some rows gone, some more, some with other values. */
function spoiled(rows: readonly Row[], random: (below: number) => number): Row[] {
  const kept = rows.flatMap((row): Row[] => {
    const fate = random(12)
    if (fate === 0) return []
    if (fate === 1) return [[row[0], row[1], row[3], row[2]]]
    if (fate === 2) return [[row[0], row[1], 'changed', row[3]]]
    if (fate === 3) return [row, [row[0], row[1] + 1000, 'more', '']]
    return [row]
  })
  return inOrder(kept)
}

/** What a person would do with both tables on paper. */
function naive(source: readonly Row[], target: readonly Row[]): string[] {
  const [ours, theirs] = [source, target].map((rows) => new Map(rows.map((row) => [keyOf(row), lineOf(row)])))
  return [...new Set([...ours!.keys(), ...theirs!.keys()])].flatMap((key) => {
    const [a, b] = [ours!.get(key), theirs!.get(key)]
    return a === b ? [] : [`${b === undefined ? 'missing' : a === undefined ? 'extra' : 'changed'} ${key}`]
  })
}

async function compare(source: readonly string[], target: readonly string[], random: (below: number) => number) {
  const ids = target.map((line, i) => `(${i},1)\t${line}`)
  const found: RowDifference[] = []
  const stream = compareOrdered(blocksOf(source, random), blocksOf(ids, random), keyOrder(TABLE), { rowIds: true })
  for await (const difference of stream) found.push(difference)
  return found
}

const told = (found: readonly RowDifference[]) =>
  found.map((difference) => describeRow(TABLE, identityOf(TABLE), sha256, difference))

describe('ordered streams', () => {
  it('name what a comparison on paper names, however the blocks are cut', async () => {
    let differences = 0
    for (let seed = 1; seed <= 150; seed++) {
      const random = seeded(seed)
      const source = randomRows(random)
      const target = spoiled(source, random)
      const found = await compare(source.map(lineOf), target.map(lineOf), random)
      expect(
        told(found)
          .map(({ kind, key }) => `${kind} ${key}`)
          .sort(),
      ).toEqual(naive(source, target).sort())
      const idOf = (line: Uint8Array): string =>
        `(${target.findIndex((row) => lineOf(row) === Buffer.from(line).toString())},1)`
      const ids = found.map(({ target: line }) => (line === null ? [] : [idOf(line)]))
      expect(found.map(({ rowIds }) => rowIds)).toEqual(ids)
      differences += found.length
    }
    expect(differences).toBeGreaterThan(1000)
  })

  it('say which columns differ, with NULL apart from the empty text, escaped as COPY does', async () => {
    const found = await compare(['1\t2\t\\N\ta\\tb'], ['1\t2\t\ta\\tb'], seeded(1))
    expect(told(found)).toEqual([
      { kind: 'changed', key: 'a=1, b=2', columns: [{ column: 'c', source: null, target: '' }], times: 1 },
    ])
    const swapped = await compare(['1\t2\tx\ty'], ['1\t2\ty\tx'], seeded(1))
    expect(told(swapped)[0]?.columns).toEqual([
      { column: 'c', source: 'x', target: 'y' },
      { column: 'd', source: 'y', target: 'x' },
    ])
  })

  it('show of a missing row all columns, and of a long value the part that differs', async () => {
    const [long, other] = [`${'ä'.repeat(5000)}1`, `${'ä'.repeat(5000)}2`]
    expect(told(await compare(['1\t2\t\\N\tz'], [], seeded(1)))[0]?.columns.map(({ source }) => source)).toEqual([
      ...['1', '2', null, 'z'],
    ])
    const [shown] = told(await compare([`1\t2\t${long}\tz`], [`1\t2\t${other}\tz`], seeded(1)))
    expect(shown?.columns[0]?.source).toMatch(/^…ä+1 \(10001 bytes\)$/)
    expect(shown?.columns[0]?.target).toMatch(/^…ä+2 \(10001 bytes\)$/)
  })

  it('match rows of one key in turn where the target has more of them', async () => {
    const found = await compare(['1\t2\ta\tb'], ['1\t2\ta\tb', '1\t2\tz\tb'], seeded(1))
    expect(told(found).map(({ kind, key }) => `${kind} ${key}`)).toEqual(['extra a=1, b=2'])
  })

  it('end both readers when they are left early or one of them fails', async () => {
    const ended: string[] = []
    async function* endless(name: string, fail = false): AsyncGenerator<Uint8Array> {
      try {
        for (let i = 0; ; i++) {
          if (fail && i === 3) throw new Error('the server went away')
          yield new Uint8Array(Buffer.from(`${i}\t0\t${name}\tz\n`))
        }
      } finally {
        ended.push(name)
      }
    }
    for await (const _ of compareOrdered(endless('s'), endless('t'), keyOrder(TABLE), { rowIds: false })) break
    expect(ended.sort()).toEqual(['s', 't'])
    const failing = compareOrdered(endless('s'), endless('t', true), keyOrder(TABLE), { rowIds: false })
    const read = async () => {
      for await (const _ of failing);
    }
    await expect(read()).rejects.toThrow('the server went away')
    expect(ended).toHaveLength(4)
  })

  it('give the same difference one fingerprint, and others others', async () => {
    const all = new Set<number>()
    let count = 0
    for (let i = 0; i < 2000; i++) {
      const [found] = await compare([`${i}\t2\ta\tb`], [], seeded(1))
      const [again] = await compare([`${i}\t2\ta\tb`], [], seeded(2))
      const [extra] = await compare([], [`${i}\t2\ta\tb`], seeded(1))
      expect(fingerprint(found!)).toBe(fingerprint(again!))
      all.add(fingerprint(found!)).add(fingerprint(extra!))
      count += 2
    }
    expect(all.size).toBe(count)
    expect([...all].every(Number.isSafeInteger)).toBe(true)
  })
})
