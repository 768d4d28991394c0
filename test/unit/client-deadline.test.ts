import { describe, expect, it } from 'vitest'
import { readDeadline } from '../../client/deadline.js'

const NOW = Date.parse('2026-11-20T03:00:00.000Z')

describe('a deadline', () => {
  it.each([
    ['6h', '2026-11-20T09:00:00.000Z'],
    ['90m', '2026-11-20T04:30:00.000Z'],
    ['2026-11-20T05:00Z', '2026-11-20T05:00:00.000Z'],
    ['2026-11-20T05:00:30+01:00', '2026-11-20T04:00:30.000Z'],
  ])('%s is %s', (typed, at) => expect(readDeadline(typed, NOW)).toBe(at))

  // Without its zone a time is another one on each machine.
  it.each([
    ['2026-11-20T05:00', /is no moment/],
    ['soon', /is no moment/],
    ['6', /is no moment/],
    ['2026-11-20T02:59Z', /is over already/],
    ['0', /is over already/],
    ['90000h', /more than a year/],
  ])('%s is wrong usage', (typed, says) =>
    expect(() => readDeadline(typed, NOW)).toThrow(
      expect.objectContaining({ exit: 2, message: expect.stringMatching(says) }),
    ),
  )
})
