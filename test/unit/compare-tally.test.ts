import { describe, expect, it } from 'vitest'
import { Cells } from '../../core/compare/cells.js'
import { ALL_LOTS, halvesOf, isOf, lotOf } from '../../core/compare/lots.js'
import { Tally } from '../../core/compare/tally.js'
import { seeded, sha256 } from '../support/lines.js'

const hashOf = (n: number): Uint8Array => sha256(Buffer.from(`line ${n}`))

const inside = (tally: Tally): string[] => {
  const seen: string[] = []
  tally.each((lot, length, count) => seen.push(`${lot} ${length} ${count}`))
  return seen.sort()
}

describe('a tally', () => {
  it('counts as a map does, whatever comes and goes', () => {
    const random = seeded(3)
    const tally = new Tally(150)
    const counts = new Map<number, number>()
    let [refused, lines] = [0, 0]
    for (let i = 0; i < 30_000; i++) {
      const [n, by] = [random(200), random(2) === 0 ? 1 : -1]
      const known = counts.get(n) ?? 0
      const room = known !== 0 || counts.size < 150
      expect(tally.add(hashOf(n), n, n, by)).toBe(room)
      refused += room ? 0 : 1
      if (!room) continue
      if (known + by === 0) counts.delete(n)
      else counts.set(n, known + by)
      lines += 1
      expect(tally.size).toBe(counts.size)
      if (i % 500 !== 0) continue
      expect(inside(tally)).toEqual([...counts].map(([key, count]) => `${key} ${key} ${count}`).sort())
      for (let key = 0; key < 200; key++) {
        const place = tally.find(hashOf(key), key, key)
        expect(place === -1 ? undefined : tally.countAt(place)).toBe(counts.get(key))
      }
      if (i % 5000 !== 0) continue
      tally.keep((lot) => lot % 3 !== 0)
      for (const key of [...counts.keys()].filter((lot) => lot % 3 === 0)) counts.delete(key)
      expect(inside(tally)).toEqual([...counts].map(([key, count]) => `${key} ${key} ${count}`).sort())
    }
    expect([refused > 10, lines > 10_000]).toEqual([true, true])
    tally.clear()
    expect([tally.size, inside(tally)]).toEqual([0, []])
  })
})

describe('cells', () => {
  it('that differ hold every line that is not there equally often, and few others', () => {
    const cells = new Cells(5000)
    const numbers = Array.from({ length: 5000 }, (_, n) => n)
    const odd = new Set([17, 1234, 4999])
    for (const n of numbers) cells.add('source', hashOf(n))
    for (const n of numbers.toReversed()) if (!odd.has(n)) cells.add('target', hashOf(n))
    for (const n of [8000, 17, 17]) cells.add('target', hashOf(n))
    const differing = cells.differing()
    expect(differing.count).toBe(4)
    expect([17, 1234, 4999, 8000].filter((n) => differing.has(hashOf(n)))).toEqual([17, 1234, 4999, 8000])
    expect(numbers.filter((n) => differing.has(hashOf(n))).length).toBeLessThan(20)
  })

  it('see a duplicate where another line of the cell vanished', () => {
    const cells = new Cells(1)
    const cell = (n: number) => Buffer.from(hashOf(n)).readUInt32BE(16) % 1024
    const other = Array.from({ length: 50_000 }, (_, n) => n + 1).find((n) => cell(n) === cell(0))!
    for (const n of [0, other]) cells.add('source', hashOf(n))
    for (const n of [0, 0]) cells.add('target', hashOf(n))
    expect(cells.differing().count).toBe(1)
  })
})

describe('lots', () => {
  it('are of rows of one key, and halve and halve again', () => {
    const identity = { at: [0], names: ['a'] }
    const key = (line: string) => lotOf(identity, Buffer.from(line), sha256(Buffer.from(line))) & 0xfffff
    expect(key('k1\tx')).toBe(key('k1\ty'))
    expect(key('k1\tx')).not.toBe(key('k2\tx'))
    const lots = Array.from({ length: 4000 }, (_, n) => lotOf(identity, Buffer.from(`k${n}\tx`), hashOf(n)))
    const quarters = halvesOf(ALL_LOTS).flatMap(halvesOf)
    const sizes = quarters.map((quarter) => lots.filter((lot) => isOf(quarter, lot)).length)
    expect(sizes.reduce((a, b) => a + b)).toBe(4000)
    expect(Math.max(...sizes)).toBeLessThan(1100)
    let one = ALL_LOTS
    while (one.bits < 32) one = halvesOf(one).find((half) => isOf(half, 0xfedcba98))!
    expect([one.value, isOf(one, 0xfedcba98), isOf(one, 0xfedcba99)]).toEqual([0xfedcba98, true, false])
    expect(() => halvesOf(one)).toThrow(RangeError)
  })
})
