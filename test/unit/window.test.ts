import { describe, expect, it, test } from 'vitest'
import { offsetsOf } from '../../activities/read-window.js'
import { parseWindow, windowAt } from '../../core/window.js'

/** What a clock shows at a moment: open or not, and when that changes. */
function at(window: string, moment: string): readonly [isOpen: boolean, changes: string | null] {
  const parsed = parseWindow(window)
  if (parsed === null) throw new Error(`no window: ${window}`)
  const { isOpen, changes } = windowAt(parsed, Date.parse(moment), offsetsOf(parsed.zone))
  return [isOpen, changes === null ? null : new Date(changes).toISOString().replace('.000Z', 'Z')]
}

test.each([
  ['before it', '2026-06-10T19:00:00Z', false, '2026-06-10T20:00:00Z'],
  ['in its first moment', '2026-06-10T20:00:00Z', true, '2026-06-11T03:00:00Z'],
  ['over midnight', '2026-06-11T01:00:00Z', true, '2026-06-11T03:00:00Z'],
  ['at its end', '2026-06-11T03:00:00Z', false, '2026-06-11T20:00:00Z'],
  ['in winter, an hour later', '2026-12-10T20:30:00Z', false, '2026-12-10T21:00:00Z'],
  ['by the millisecond', '2026-06-10T19:59:59.999Z', false, '2026-06-10T20:00:00Z'],
])('a night in Paris is known %s', (_, moment, isOpen, changes) => {
  expect(at('22:00-05:00 Europe/Paris', moment)).toEqual([isOpen, changes])
})

describe('a night in which clocks go forward (02:00 is 03:00)', () => {
  const zone = 'Europe/Paris'
  it('is an hour shorter', () => {
    expect(at(`22:00-05:00 ${zone}`, '2026-03-28T22:00:00Z')).toEqual([true, '2026-03-29T03:00:00Z'])
  })
  it('opens at 03:00 what begins in the hour that is left out', () => {
    expect(at(`02:30-04:00 ${zone}`, '2026-03-29T00:30:00Z')).toEqual([false, '2026-03-29T01:00:00Z'])
    expect(at(`02:30-04:00 ${zone}`, '2026-03-29T01:00:00Z')).toEqual([true, '2026-03-29T02:00:00Z'])
  })
  it('closes at 03:00 what ends in it', () => {
    expect(at(`01:00-02:30 ${zone}`, '2026-03-29T00:30:00Z')).toEqual([true, '2026-03-29T01:00:00Z'])
  })
  it('leaves out that day what lies wholly in it', () => {
    expect(at(`02:10-02:50 ${zone}`, '2026-03-28T12:00:00Z')).toEqual([false, '2026-03-30T00:10:00Z'])
  })
})

describe('a night in which clocks go back (03:00 is 02:00)', () => {
  const zone = 'Europe/Paris'
  it('is an hour longer', () => {
    expect(at(`22:00-05:00 ${zone}`, '2026-10-24T20:00:00Z')).toEqual([true, '2026-10-25T04:00:00Z'])
  })
  it('opens twice what comes twice, and never while the clock shows another time', () => {
    const edges: (string | null)[] = []
    for (let moment = '2026-10-24T12:00:00Z'; edges.length < 4;) {
      const [, changes] = at(`02:10-02:50 ${zone}`, moment)
      edges.push(changes)
      moment = changes as string
    }
    expect(edges).toEqual([
      ...['2026-10-25T00:10:00Z', '2026-10-25T00:50:00Z'],
      ...['2026-10-25T01:10:00Z', '2026-10-25T01:50:00Z'],
    ])
  })
})

it('says of every minute of a year what the clock on the wall shows, in zones of all kinds', () => {
  for (const zone of ['Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']) {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
    let checked = 0
    for (let now = Date.parse('2026-01-01T00:00:00Z'); now < Date.parse('2027-01-01T00:00:00Z');) {
      const [isOpen, changes] = at(`22:00-02:15,12:30-13:00 ${zone}`, new Date(now).toISOString())
      const until = Date.parse(changes as string)
      for (const moment of [now, until - 1]) {
        const time = clock.format(moment)
        expect([zone, time, isOpen]).toEqual([
          ...[zone, time, time >= '22:00' || time < '02:15' || (time >= '12:30' && time < '13:00')],
        ])
        checked++
      }
      now = until
    }
    expect(checked).toBeGreaterThan(4 * 360)
  }
})

test.each([
  ['the whole day', '00:00-24:00 UTC', true],
  ['two halves of it', '12:00-24:00, 00:00-12:00 UTC', true],
])('%s never changes', (_, window, isOpen) => {
  expect(at(window, '2026-06-10T19:00:00Z')).toEqual([isOpen, null])
})

test('seconds count where they are written', () => {
  const window = '10:00:05-10:00:10,10:00:20-10:00:25 UTC'
  expect(at(window, '2026-06-10T10:00:07Z')).toEqual([true, '2026-06-10T10:00:10Z'])
  expect(at(window, '2026-06-10T10:00:10Z')).toEqual([false, '2026-06-10T10:00:20Z'])
})

test.each([
  '',
  '22:00-05:00',
  '22-5 Europe/Paris',
  '22:00 Europe/Paris',
  '25:00-05:00 UTC',
  '22:60-05:00 UTC',
  '24:30-05:00 UTC',
  '24:00-05:00 UTC',
  '22:00-22:00 UTC',
  '22:00-05:00  UTC',
  '22:00-05:00 "UTC"',
  '22:00-05:00, UTC',
])('%j is no window', (text) => expect(parseWindow(text)).toBeNull())

test('a zone that nobody knows is refused with what to write', () => {
  expect(() => offsetsOf('Europe/Pariss')).toThrow('No time zone is called Europe/Pariss')
})
