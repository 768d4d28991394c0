import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Trend, TrendRun } from '../../core/trend.js'
import { noPaint, paintFor } from '../../client/output.js'
import { labelsOf, renderTrend } from '../../client/render/trend.js'
import { width } from '../../client/render/text.js'

const run = (i: number, differs: Partial<TrendRun> = {}): TrendRun => {
  const started = new Date(Date.UTC(2026, 8, 20 + i, 3)).toISOString()
  return {
    run: `${started.slice(0, 10).replaceAll('-', '')}-030000`,
    ...{ state: 'complete', label: 'snapshot', published: 'published', started },
    ...{ seconds: 90 + i, rows: 1_000_000 + i * 1000, bytes: 3e8, tables: [] },
    ...differs,
  }
}

const trend = (runs: readonly TrendRun[], table: string | null = null): Trend => ({
  ...{ format: 1, migration: 'shop', table, runs },
})

const nights = (count: number): TrendRun[] => Array.from({ length: count }, (_, i) => run(i))

describe('a trend in the terminal', () => {
  test('says in words what each chart draws, and dates stand below it', () => {
    const text = renderTrend(trend(nights(60)), 80, noPaint).join('\n')
    expect(text).toContain('shop: 60 runs, 2026-09-20 to 2026-11-18')
    expect(text).toContain('rows: last 1,059,000; least 1,000,000, most 1,059,000; +5.9 % since the first')
    expect(text).toContain('bytes: last 300 MB; least 300 MB, most 300 MB; no change since the first')
    expect(text).toContain('seconds: last 2 min 29 s; least 1 min 30 s, most 2 min 29 s; +66 % since the')
    expect(text.match(/^ *2026-09-20 .* 2026-11-18$/gm)).toHaveLength(3)
    expect(text).toMatch(/1,059,000┤.*━/)
  })

  test.each([1, 2, 3, 7, 59, 60])('of %i runs fits into every terminal, without colours where it is none', (count) => {
    for (const columns of [40, 80, 200]) {
      const lines = renderTrend(trend(nights(count)), columns, noPaint)
      expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns)
      expect(stripVTControlCharacters(lines.join('\n'))).toBe(lines.join('\n'))
    }
  })

  test('is painted on a terminal, and reads the same', () => {
    const paint = paintFor({ isTTY: true }, {})
    const painted = renderTrend(trend(nights(9)), 80, paint)
    expect(painted.join('\n')).toContain('\u001b[36m')
    expect(painted.map(stripVTControlCharacters)).toEqual(renderTrend(trend(nights(9)), 80, noPaint))
  })

  test('of one run is its numbers, of none a sentence, and of empty tables a line at zero', () => {
    const one = renderTrend(trend([run(0)]), 80, noPaint).join('\n')
    expect(one).toContain('rows: 1,000,000\n')
    expect(one).toContain('from the second run on')
    expect(one).not.toContain('┤')
    expect(renderTrend(trend([]), 80, noPaint)).toEqual(['shop: no run has ended yet.'])
    const empty = nights(3).map((night) => ({ ...night, rows: 0, bytes: 0, seconds: 0 }))
    expect(renderTrend(trend(empty), 80, noPaint).join('\n')).toMatch(/ 0┤━/)
  })

  test('of a table has its own numbers, and says of how many runs there are none', () => {
    const table = { table: 'orders', rows: 5, bytes: 700, seconds: 0.5, state: 'done' }
    const runs = [
      run(0),
      run(1, { tables: [table] }),
      run(2, { tables: [{ ...table, rows: 50 }] }),
      run(3, { seconds: null }),
    ]
    const text = renderTrend(trend(runs, 'orders'), 80, noPaint).join('\n')
    expect(text).toContain('shop, table orders: 2 runs, 2026-09-21 to 2026-09-22')
    expect(text).toContain('Left out: 2 runs')
    expect(text).toContain('rows: last 50; least 5, most 50; 10 times as much since the first')
  })

  test('of several runs of one day shows their times, and no date three times', () => {
    const at = (...starts: string[]) => starts.map((started, i) => run(i, { started: `${started}.000Z` }))
    const three = ['2026-11-20T03:00:00', '2026-11-20T04:30:00', '2026-11-20T05:00:00']
    const text = renderTrend(trend(at(...three)), 80, noPaint).join('\n')
    expect(text).toContain('shop: 3 runs, 2026-11-20 03:00 to 05:00 UTC')
    expect(text.match(/^ *03:00 +04:30 +05:00$/gm)).toHaveLength(3)
    expect(labelsOf(at(...three, '2026-11-21T03:00:00').map(({ started }) => started))).toEqual([
      ...['11-20 03:00', '11-20 04:30', '11-20 05:00', '11-21 03:00'],
    ])
    expect(labelsOf(['2026-11-20T03:00:00.000Z', '2026-11-20T03:00:09.000Z'])).toEqual(['03:00:00', '03:00:09'])
    for (const columns of [40, 80, 200]) {
      const lines = renderTrend(trend(at(...three, '2026-11-21T03:00:00')), columns, noPaint)
      expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns)
    }
  })

  test('shows no control character that stands in a name', () => {
    expect(renderTrend(trend([], 'a\u001b[31mb'), 80, noPaint).join('')).not.toContain('\u001b')
  })
})
