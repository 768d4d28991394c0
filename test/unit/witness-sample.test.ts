import { expect, test } from 'vitest'
import { isWholeWitnessed, witnessSample, type ChunkSize } from '../../core/plan/witness-sample.js'

const chunks = (...rows: number[]): ChunkSize[] => rows.map((n, ordinal) => ({ ordinal, rows: n }))
const many = chunks(...Array<number>(40).fill(100_000))

/** The same numbers again and again. */
const cycle = (...numbers: number[]) => {
  let i = 0
  return () => numbers[i++ % numbers.length] as number
}

const rowsOf = (list: readonly ChunkSize[], share: number, random = Math.random): number =>
  witnessSample(list, share, random).reduce((sum, { chunk, skip, rows }) => sum + (rows ?? list[chunk]!.rows - skip), 0)

test('nothing is witnessed where nothing is asked for, and every chunk where all is', () => {
  expect(witnessSample(many, 0, Math.random)).toEqual([])
  expect(witnessSample(many, 1, Math.random)).toEqual(
    many.map(({ ordinal }) => ({ chunk: ordinal, skip: 0, rows: null })),
  )
})

test('a small table, an empty one too, is witnessed whole however small the share', () => {
  expect(witnessSample(chunks(0), 0.01, Math.random)).toEqual([{ chunk: 0, skip: 0, rows: null }])
  expect(rowsOf(chunks(4000, 5000), 0.0001)).toBe(9000)
})

test('about the share of the rows is witnessed, in ranges that lie within a chunk, wherever they begin', () => {
  for (let i = 0; i < 200; i++) {
    for (const share of [0.001, 0.01, 0.05, 0.5]) {
      const pieces = witnessSample(many, share, Math.random)
      for (const { skip, rows } of pieces) {
        expect(skip).toBeGreaterThanOrEqual(0)
        expect(skip + (rows ?? 1)).toBeLessThanOrEqual(100_000)
      }
      const asked = Math.max(10_000, share * 4_000_000)
      expect(rowsOf(many, share)).toBeGreaterThan(asked * 0.5)
      expect(rowsOf(many, share)).toBeLessThanOrEqual(asked + 50_000)
    }
  }
})

test('every second range ends where its chunk ends', () => {
  const pieces = Array.from({ length: 100 }, () => witnessSample(many, 0.3, Math.random)).flat()
  const atEnd = pieces.filter(({ rows }) => rows === null).length
  expect(pieces.length).toBeGreaterThan(1000)
  expect(atEnd / pieces.length).toBeCloseTo(0.5, 1)
})

test('a range may begin anywhere in any chunk that has rows', () => {
  const seen = new Set<string>()
  for (let i = 0; i < 3000; i++)
    for (const { chunk, skip } of witnessSample(chunks(100_000, 0, 100_000), 0.1, Math.random))
      seen.add(`${chunk} ${Math.floor(skip / 10_000)}`)
  expect([...seen].sort()).toEqual([0, 2].flatMap((chunk) => Array.from({ length: 9 }, (_, i) => `${chunk} ${i}`)))
})

test('the same numbers choose the same ranges: an attempt after a crash goes on with them', () => {
  const one = witnessSample(many, 0.05, cycle(0.1, 0.7, 0.3))
  expect(witnessSample(many, 0.05, cycle(0.1, 0.7, 0.3))).toEqual(one)
})

test('a table without ranges is witnessed whole up to a million rows, and beyond that the more seldom the larger it is', () => {
  const often = (rows: number, share: number): number => {
    let n = 0
    for (let i = 0; i < 1000; i++) if (isWholeWitnessed(rows, share, () => i / 1000)) n++
    return n
  }
  expect(often(0, 0.01)).toBe(1000)
  expect(often(1_000_000, 0.01)).toBe(1000)
  expect(often(4_000_000, 0.01)).toBe(250)
  expect(often(1_000_000_000, 0.01)).toBe(10)
  expect(often(1_000_000_000, 1)).toBe(1000)
  expect(often(10, 0)).toBe(0)
})
