import { describe, expect, test } from 'vitest'
import { noPaint } from '../../client/output.js'
import { frame } from '../../client/progress/frame.js'
import { copiedShare, RateMeter } from '../../core/progress.js'
import { fit, screenFor } from '../../client/progress/screen.js'
import type { View } from '../../client/progress/view.js'
import { describeRetry } from '../../core/health.js'
import { width } from '../../client/render/text.js'
import { progress, tableProgress } from '../support/client-documents.js'

const start = Date.parse('2026-11-20T03:00:00.000Z')
const noRates = { rows: null, byTable: new Map<string, number>(), left: null }
const view = (differs: Partial<View>): View => ({
  ...{ migration: 'shop', progress: progress([]), rates: noRates, trouble: [], now: start + 10_000 },
  ...differs,
})

describe('rates', () => {
  test('speed and time left come from the last ten seconds', () => {
    const meter = new RateMeter()
    const at = (rows: number) => progress([tableProgress('a', { rows, estimatedRows: 1_000_000 })])
    expect(meter.add(at(0), start)).toEqual(noRates)
    const rates = meter.add(at(100_000), start + 2000)
    expect(rates.rows).toBe(50_000)
    expect(rates.byTable.get('a')).toBe(50_000)
    expect(rates.left).toBeCloseTo(18, 5)
  })
  test('a chunk that was rolled back makes no negative speed', () => {
    const meter = new RateMeter()
    meter.add(progress([tableProgress('a', { rows: 100 })]), start)
    expect(meter.add(progress([tableProgress('a', { rows: 50 })]), start + 1000)).toMatchObject({ rows: 0, left: null })
  })
  test('a table that outgrew its estimate is not done before it says so', () => {
    const outgrown = tableProgress('a', { rows: 2_000_000, estimatedRows: 1000 })
    expect(copiedShare([outgrown])).toBeLessThan(1)
    expect(copiedShare([{ ...outgrown, state: 'copied' }])).toBe(1)
  })
  test('an empty database is all copied', () => expect(copiedShare([])).toBe(1))
})

describe('frame', () => {
  const many = Array.from({ length: 200 }, (_, i) => tableProgress(`t${i}`, { state: i < 3 ? 'copying' : 'waiting' }))

  test('a long list is shortened to the tables that are worked on', () => {
    const lines = frame(view({ progress: progress(many) }), noPaint, 24)
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => /^ {2}t\d/.test(line))).toHaveLength(3)
    expect(lines.join('\n')).toContain('0 of 200 tables copied, 197 waiting')
  })
  test('it never has more lines than the terminal', () => {
    const busy = many.map((t) => ({ ...t, state: 'copying' as const }))
    expect(frame(view({ progress: progress(busy), trouble: ['a', 'b'] }), noPaint, 10).length).toBeLessThanOrEqual(10)
  })
  test('estimates say about, and trouble stands below', () => {
    const text = frame(
      view({ progress: progress([tableProgress('orders')]), trouble: ['target away'] }),
      noPaint,
      24,
    ).join('\n')
    expect(text).toContain('about 1,000,000')
    expect(text.trimEnd().endsWith('target away')).toBe(true)
  })
  test('what a table is doing is shown', () => {
    const doing = tableProgress('orders', { state: 'copied', doing: 'index idx_customer' })
    expect(frame(view({ progress: progress([doing], { phase: 'indexes' }) }), noPaint, 24).join('\n')).toContain(
      'idx_customer',
    )
  })
})

describe('screen', () => {
  const stream = (isTTY: boolean) => {
    const written: string[] = []
    return { written, isTTY, columns: 40, rows: 20, write: (text: string) => written.push(text) > 0 }
  }
  test('without a terminal it prints a line every few seconds, and at once for a new phase or trouble', () => {
    const out = stream(false)
    const screen = screenFor(out, noPaint, {})
    const show = (seconds: number, differs: Partial<View> = {}) =>
      screen.show(view({ now: start + seconds * 1000, progress: progress([tableProgress('a')]), ...differs }))
    for (const second of [0, 1, 2, 3]) show(second)
    expect(out.written).toHaveLength(1)
    show(4)
    expect(out.written).toHaveLength(2)
    show(5, { progress: progress([tableProgress('a')], { phase: 'indexes' }) })
    expect(out.written).toHaveLength(3)
    show(6, { progress: progress([], { phase: 'indexes' }), trouble: ['target away (attempt 2)'] })
    show(7, { progress: progress([], { phase: 'indexes' }), trouble: ['target away (attempt 3)'] })
    expect(out.written.filter((line) => line.includes('target away'))).toHaveLength(1)
    expect(out.written.join('')).not.toContain('\u001b')
  })
  test('a hold is said at once with its remedy, makes no line every few seconds, and its end is told', () => {
    const out = stream(false)
    const screen = screenFor(out, noPaint, {})
    const held = { held: true, trouble: ['held: h1 by ada: freeze. It goes on with `nightferry resume shop`.'] }
    const show = (seconds: number, differs: Partial<View> = {}) =>
      screen.show(view({ now: start + seconds * 1000, progress: progress([tableProgress('a')]), ...differs }))
    show(0)
    for (const second of [1, 5, 60, 200]) show(second, held)
    expect(out.written).toHaveLength(3)
    expect(out.written[2]).toContain('nightferry resume shop')
    show(201)
    expect(out.written).toHaveLength(4)
    expect(frame(view(held), noPaint, 24)[0]).toContain('clone, held')
  })
  test('on a terminal it draws over its last picture, and no line is wider', () => {
    const out = stream(true)
    const screen = screenFor(out, noPaint, {})
    screen.show(view({ progress: progress([tableProgress('a'.repeat(60))]) }))
    screen.show(view({ progress: progress([tableProgress('b')]) }))
    const [first = '', second = ''] = out.written
    const lines = first.trimEnd().split('\n')
    for (const line of lines) expect(width(line)).toBeLessThan(40)
    expect(second.startsWith(`\u001b[${lines.length}A\u001b[0J`)).toBe(true)
  })
  test('a cut line keeps its colours apart from what follows', () => {
    expect(fit('\u001b[31mabcdefgh\u001b[39m', 5)).toBe('\u001b[31mabcd\u001b[39m\u001b[0m…')
  })
})

test('a retry says what, which attempt and when next', () => {
  const retry = { activity: 'copyChunk', attempt: 3, message: 'target unreachable', next: start + 2000 }
  expect(describeRetry(retry, start)).toBe('target unreachable (copyChunk, attempt 3, next in 2 s)')
  expect(describeRetry({ ...retry, next: null }, start)).toContain('trying now')
})
