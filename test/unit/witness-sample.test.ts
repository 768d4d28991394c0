import { expect, test } from 'vitest'
import { isWholeWitnessed, witnessPiece, type WitnessPiece } from '../../core/plan/witness-sample.js'

const CHUNK = 100_000
const ALL: WitnessPiece = { skip: 0, rows: null }

const piecesOf = (chunks: number, rows: number, share: number, small = false): WitnessPiece[] =>
  Array.from({ length: chunks }, (_, ordinal) => witnessPiece({ ordinal, rows }, share, small, Math.random)).filter(
    (piece) => piece !== null,
  )

test('nothing is witnessed where nothing is asked for, and every chunk where all is', () => {
  expect(piecesOf(40, CHUNK, 0)).toEqual([])
  expect(piecesOf(40, CHUNK, 1)).toEqual(Array.from({ length: 40 }, () => ALL))
})

test('of a small table every chunk is witnessed, and of any table the first one, an empty one too', () => {
  expect(piecesOf(40, 100, 0.001, true)).toEqual(Array.from({ length: 40 }, () => ALL))
  for (let i = 0; i < 100; i++) expect(piecesOf(1, CHUNK, 0.0001)).toHaveLength(1)
  expect(piecesOf(1, 0, 0.01)).toEqual([ALL])
  expect(piecesOf(1, 9_999, 0.01)).toEqual([ALL])
})

test('about the share of the rows is witnessed, in pieces that lie within a chunk', () => {
  for (const share of [0.001, 0.01, 0.05, 0.5]) {
    const chunks = 20_000
    const pieces = piecesOf(chunks, CHUNK, share)
    for (const { skip, rows } of pieces) {
      expect(skip).toBeGreaterThanOrEqual(0)
      expect(skip + (rows ?? 1)).toBeLessThanOrEqual(CHUNK)
    }
    const seen = pieces.reduce((sum, { skip, rows }) => sum + (rows ?? CHUNK - skip), 0)
    expect(seen / (chunks * CHUNK) / share, String(share)).toBeGreaterThan(0.75)
    expect(seen / (chunks * CHUNK) / share, String(share)).toBeLessThan(1.25)
  }
})

test('every second piece ends where its chunk ends, the others anywhere', () => {
  const pieces = piecesOf(20_000, CHUNK, 0.05)
  const atEnd = pieces.filter(({ rows }) => rows === null).length
  expect(atEnd / pieces.length).toBeCloseTo(0.5, 1)
  const places = new Set(pieces.map(({ skip }) => Math.floor(skip / 10_000)))
  expect([...places].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
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
