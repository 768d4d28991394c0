import { describe, expect, it } from 'vitest'
import { evenCuts } from '../../databases/mysql/profile-shape.js'
import { larger, readable, smaller } from '../../databases/mysql/profile-values.js'

describe('values that a profile compares', () => {
  it('are integers or times by their size, not by their text', () => {
    expect(larger('9', '10')).toBe('10')
    expect(smaller('-2', '-10')).toBe('-10')
    expect(larger('18446744073709551615', '9223372036854775808')).toBe('18446744073709551615')
    expect(smaller('-838:59:59', '00:00:01')).toBe('-838:59:59')
    expect(larger('24:00:00.000001', '24:00:00.000000')).toBe('24:00:00.000001')
    expect([larger(null, '1'), smaller('1', null), larger(null, null)]).toEqual(['1', '1', null])
  })

  it('lose the zeros of zerofill', () => {
    expect(['001', '-0', '12:00:00', null].map(readable)).toEqual(['1', '0', '12:00:00', null])
  })
})

describe('the cuts of a big table', () => {
  it('increase strictly and lie between its ends', () => {
    expect(evenCuts(0n, 100n, 4)).toEqual([25n, 50n, 75n])
    expect(evenCuts(1n, 2n, 4)).toEqual([])
    expect(evenCuts(5n, 5n, 4)).toEqual([])
    expect(evenCuts(-10n, 0n, 2)).toEqual([-5n])
  })
})
