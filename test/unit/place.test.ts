import { describe, expect, it } from 'vitest'
import { generationName, MOST_PUBLISHED_BYTES, tooMany, type Generation } from '../../core/generation.js'
import { memoryOf, placeOfRun } from '../../core/place.js'

const HOME = { connection: 'to', database: 'shop', published: 'shop' }
const RUN = '20261120-030000'

describe('a place', () => {
  it('of a run that is built aside is never what people read', () => {
    expect(placeOfRun(HOME, RUN)).toEqual({ ...HOME, database: 'shop_20261120_030000' })
    expect(placeOfRun(HOME, `${RUN}-2`).database).toBe('shop_20261120_030000_2')
  })

  it('of a run of a place that is itself a generation is the same: names do not pile up', () => {
    const once = placeOfRun(HOME, RUN)
    expect(placeOfRun(once, RUN)).toEqual(once)
  })

  it('of a run in place is the target itself, also where the URL names the database', () => {
    for (const database of ['shop', null]) {
      const place = { connection: 'to', database }
      expect(placeOfRun(place, RUN)).toEqual(place)
    }
  })

  it('of the memory is beside what is published, in a database of its own; in place it is the target', () => {
    const memory = { connection: 'to', database: 'nightferry' }
    expect([memoryOf(HOME), memoryOf(placeOfRun(HOME, RUN))]).toEqual([memory, memory])
    expect(memoryOf({ connection: 'to', database: null })).toEqual({ connection: 'to', database: null })
  })

  it('with the longest published name has room for the longest id', () => {
    const name = generationName('x'.repeat(MOST_PUBLISHED_BYTES), `${RUN}-99`)
    expect(Buffer.byteLength(name)).toBe(63)
  })
})

describe('of generations, those that go when one is published', () => {
  const one = (run: string, since: string | null, published = false): Generation => ({
    ...{ run, database: generationName('shop', run), published, since, bytes: 1 },
  })
  it('are the ones that were published longest ago, and never itself nor one that never was', () => {
    const all = [one('a', '2026-11-18'), one('b', '2026-11-19'), one('c', '2026-11-20', true), one('d', null)]
    expect(tooMany(all, 'd', 1)).toEqual(['b', 'a'])
    expect(tooMany(all, 'd', 3)).toEqual([])
    expect(tooMany(all, 'a', 0)).toEqual(['c', 'b'])
  })
})
