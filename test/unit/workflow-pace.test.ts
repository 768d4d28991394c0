import { describe, expect, it } from 'vitest'
import { ATTEMPTS, BACKOFF, isLastAttempt } from '../../core/retry.js'
import { boundariesAtOnce, chunksAtOnce, wantedAhead } from '../../workflows/pace.js'
import { MOST_CHILDREN, share, type Open, type Waiting } from '../../workflows/slots.js'

const big: Waiting = { most: 99, child: true }
const bundle: Waiting = { most: 1, child: false }
const open = (id: string, width: number, { most, child }: Waiting): Open => ({ id, width, most, child })

describe('sharing sessions', () => {
  const cases: [string, number, Open[], Waiting[], number[], Record<string, number>][] = [
    ['one table gets them all', 4, [], [big], [4], {}],
    ['two share evenly', 5, [], [big, big], [3, 2], {}],
    ['a bundle uses one', 4, [], [big, bundle], [3, 1], {}],
    ['more tables than sessions begin with one each', 2, [], [big, big, big], [1, 1], {}],
    ['nothing begins while nothing is free', 2, [open('a', 2, big)], [big], [], {}],
    ['what waits goes before what is open', 4, [open('a', 2, big)], [bundle, bundle], [1, 1], {}],
    ['nobody waits: the open one grows', 4, [open('a', 1, big)], [], [], { a: 4 }],
    ['the narrowest grows first', 5, [open('a', 3, big), open('b', 1, big)], [], [], { b: 2 }],
    ['bundles cannot grow', 4, [open('a', 1, bundle)], [], [], {}],
    ['nobody grows while a table waits for a child', 20, eightOpen(), [big], [], {}],
  ]
  it.each(cases)('%s', (_, parallelism, opened, waiting, start, widen) => {
    const shared = share(parallelism, opened, waiting)
    expect(shared.start).toEqual(start)
    expect(Object.fromEntries(shared.change)).toEqual(widen)
  })

  it('never gives away more than there is, whatever is open and waits', () => {
    let checked = 0
    for (let parallelism = 1; parallelism <= 12; parallelism++)
      for (let opened = 0; opened <= 4; opened++)
        for (let waiting = 0; waiting <= 12; waiting++) {
          const now = Array.from({ length: Math.min(opened, parallelism) }, (_, i) =>
            open(String(i), 1, i % 2 ? big : bundle),
          )
          const next = Array.from({ length: waiting }, (_, i) => (i % 3 ? bundle : big))
          const { start, change: widen } = share(parallelism, now, next)
          const widths = now.map(({ id, width }) => widen.get(id) ?? width)
          const used = [...widths, ...start].reduce((sum, width) => sum + width, 0)
          expect(used).toBeLessThanOrEqual(parallelism)
          expect(widths.every((width, i) => width >= (now[i]?.width ?? 0))).toBe(true)
          const children = next.slice(0, start.length).filter(({ child }) => child).length
          expect(children + now.filter(({ child }) => child).length).toBeLessThanOrEqual(MOST_CHILDREN)
          checked++
        }
    expect(checked).toBe(12 * 5 * 13)
  })
})

function eightOpen(): Open[] {
  return Array.from({ length: MOST_CHILDREN }, (_, i) => open(String(i), 1, big))
}

describe('the pace of a table', () => {
  it('asks for one boundary until the window is full, then for as many as it knows', () => {
    expect([0, 3, 4, 100, 5000].map((total) => boundariesAtOnce(total, 4))).toEqual([1, 1, 4, 100, 256])
  })

  it('keeps boundaries ahead of the copy, and not too many', () => {
    expect([0, 40, 5000].map((total) => wantedAhead(total, 4))).toEqual([8, 20, 256])
  })

  it('copies one chunk a step until chunks turn out to be tiny', () => {
    const at = (done: number, seconds: number, left = 10_000) =>
      chunksAtOnce({ next: done, total: done + left, done, seconds }, 4)
    expect(at(0, 0)).toBe(1)
    expect(at(4, 8)).toBe(1)
    expect(at(4, 0.4)).toBe(5)
    expect(at(4, 0.001)).toBe(50)
    // The last ones are shared by all sessions.
    expect(at(4, 0.001, 20)).toBe(5)
    expect(at(4, 0.001, 3)).toBe(1)
  })
})

describe('trying again', () => {
  it('lasts at least fifteen minutes where a server may come back', () => {
    let total = 0
    for (let attempt = 1; attempt < ATTEMPTS.retry; attempt++)
      total += Math.min(BACKOFF.first * BACKOFF.factor ** (attempt - 1), BACKOFF.most)
    expect(total / 60_000).toBeGreaterThan(14)
    expect(total / 60_000).toBeLessThan(20)
  })

  it('ends at once where only a person can help', () => {
    expect(isLastAttempt('hold', 1)).toBe(true)
    expect(isLastAttempt('fail', 1)).toBe(true)
    expect([3, 4].map((attempt) => isLastAttempt('unforeseen', attempt))).toEqual([false, true])
    expect([89, 90].map((attempt) => isLastAttempt('retry', attempt))).toEqual([false, true])
  })
})
