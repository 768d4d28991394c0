import { describe, expect, test } from 'vitest'
import { offsetsOf } from '../../activities/read-window.js'
import { clockChanges, judgeTime } from '../../core/clock-changes.js'
import { DAYS } from '../../core/config/days.js'
import type { ScheduleConfig } from '../../core/config/types.js'
import { deadlineOf, isLate, nextFirings } from '../../core/firings.js'
import { HEARD, isAdmission, isAskedAdmission } from '../../core/night.js'
import { isWanted, parseAt, scheduleWords, timeOfDay } from '../../core/schedule.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const TWO_YEARS = 2 * 366 * 86_400_000

const judged = (at: string, zone: string) => judgeTime(at, clockChanges(NOW, NOW + TWO_YEARS, offsetsOf(zone)))

describe('a time that a change of clocks skips or doubles', () => {
  test.each<[string, string, string]>([
    [
      '02:00',
      'Europe/Paris',
      'does not exist on 2027-03-28, when clocks go forward from 02:00 to 03:00, and comes twice',
    ],
    [
      '02:30',
      'Europe/Paris',
      'does not exist on 2027-03-28, when clocks go forward from 02:00 to 03:00, and comes twice',
    ],
    ['02:59:59', 'Europe/Paris', 'and comes twice on 2027-10-31, when clocks go back from 03:00 to 02:00'],
    ['02:15', 'America/New_York', 'does not exist on 2027-03-14, when clocks go forward from 02:00 to 03:00'],
    ['01:15', 'America/New_York', 'comes twice on 2027-11-07, when clocks go back from 02:00 to 01:00'],
    ['02:15', 'Australia/Lord_Howe', 'does not exist on 2027-10-03, when clocks go forward from 02:00 to 02:30'],
    ['01:45', 'Australia/Lord_Howe', 'comes twice on 2027-04-04, when clocks go back from 02:00 to 01:30'],
    ['23:30', 'America/Santiago', 'comes twice on'],
    ['00:30', 'America/Santiago', 'does not exist on'],
  ])('%s %s', (at, zone, problem) => expect(judged(at, zone).problem).toContain(problem))

  test.each<[string, string]>([
    ['01:59:59', 'Europe/Paris'],
    ['03:00', 'Europe/Paris'],
    ['04:00', 'Europe/Paris'],
    ['00:59', 'America/New_York'],
    ['03:00', 'America/New_York'],
    ['01:29', 'Australia/Lord_Howe'],
    ['02:30', 'Australia/Lord_Howe'],
    ['02:30', 'UTC'],
    ['02:30', 'Asia/Kolkata'],
  ])('is not %s %s', (at, zone) => expect(judged(at, zone).problem).toBeNull())

  test.each<[string, string]>([
    ['Europe/Paris', '00:00 to 01:59 and 03:00 to 23:59'],
    ['America/New_York', '00:00 to 00:59 and 03:00 to 23:59'],
    ['Australia/Lord_Howe', '00:00 to 01:29 and 02:30 to 23:59'],
    ['America/Santiago', '01:00 to 22:59'],
    ['UTC', '00:00 to 23:59'],
  ])('leaves these safe in %s', (zone, safe) => expect(judged('12:00', zone).safe).toBe(safe))

  test('never is one that exactly one moment of each day shows, and always is any other', () => {
    const zone = 'Australia/Lord_Howe'
    const offsetAt = offsetsOf(zone)
    for (let minute = 0; minute < 300; minute += 15) {
      const at = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
      const firings = nextFirings({ at, days: DAYS }, NOW, 400, offsetAt)
      const days = new Set(firings.map((moment) => new Date(moment + offsetAt(moment)).toISOString().slice(0, 10)))
      const doubled = firings.some((moment) => [1_800_000].some((later) => shows(moment + later, at, offsetAt)))
      expect([at, days.size < 400 || !isEachDay(firings, offsetAt) || doubled]).toEqual([
        at,
        judgeTime(at, clockChanges(NOW, NOW + 400 * 86_400_000, offsetAt)).problem !== null,
      ])
    }
  })
})

const shows = (moment: number, at: string, offsetAt: (at: number) => number): boolean =>
  new Date(moment + offsetAt(moment)).toISOString().slice(11, 16) === at

/** No day is left out. */
const isEachDay = (firings: readonly number[], offsetAt: (at: number) => number): boolean => {
  const days = firings.map((moment) => Math.floor((moment + offsetAt(moment)) / 86_400_000))
  return days.every((day, i) => i === 0 || day === (days[i - 1] ?? 0) + 1)
}

const PARIS: ScheduleConfig = {
  at: '04:00',
  timeZone: 'Europe/Paris',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  jitterMs: 0,
  catchUpMs: 6 * 3_600_000,
  deadlineMs: null,
}
const paris = offsetsOf('Europe/Paris')
const iso = (moment: number | null): string | null => (moment === null ? null : new Date(moment).toISOString())

describe('firings', () => {
  test('are at the same hour of that place in winter and summer, on its own days', () => {
    const from = Date.parse('2027-03-25T04:00:00Z')
    expect(nextFirings(PARIS, from, 3, paris).map(iso)).toEqual([
      '2027-03-26T03:00:00.000Z',
      '2027-03-29T02:00:00.000Z',
      '2027-03-30T02:00:00.000Z',
    ])
  })
  test('are strictly after the moment that is asked about', () => {
    const at = Date.parse('2027-03-26T03:00:00Z')
    expect(iso(nextFirings(PARIS, at - 1, 1, paris)[0] ?? 0)).toBe('2027-03-26T03:00:00.000Z')
    expect(iso(nextFirings(PARIS, at, 1, paris)[0] ?? 0)).toBe('2027-03-29T02:00:00.000Z')
  })
  test('on one day of the week are a week apart, also east of everybody', () => {
    const offsetAt = offsetsOf('Pacific/Kiritimati')
    const firings = nextFirings({ at: '00:30', days: ['mon'] }, NOW, 3, offsetAt)
    expect(firings.map(iso)).toEqual([
      '2026-11-22T10:30:00.000Z',
      '2026-11-29T10:30:00.000Z',
      '2026-12-06T10:30:00.000Z',
    ])
  })
})

describe('the deadline of a night', () => {
  const began = (text: string) => Date.parse(text)
  test.each<[string, string, Partial<ScheduleConfig>, boolean, string | null]>([
    ['is an hour before the next firing', '2026-11-19T03:00:00Z', {}, false, '2026-11-20T02:00:00.000Z'],
    ['over the week-end as well', '2026-11-20T03:00:00Z', {}, false, '2026-11-23T02:00:00.000Z'],
    ['of a late one is the same', '2026-11-19T08:59:00Z', {}, false, '2026-11-20T02:00:00.000Z'],
    ['of one shortly before a firing is of the next', '2026-11-19T02:30:00Z', {}, false, '2026-11-20T02:00:00.000Z'],
    ['is what is set', '2026-11-19T03:00:00Z', { deadlineMs: 3_600_000 }, false, '2026-11-19T04:00:00.000Z'],
    ['is none with a window', '2026-11-19T03:00:00Z', {}, true, null],
    [
      'is what is set, also with a window',
      '2026-11-19T03:00:00Z',
      { deadlineMs: 60_000 },
      true,
      '2026-11-19T03:01:00.000Z',
    ],
  ])('%s', (_, from, more, window, deadline) =>
    expect(iso(deadlineOf({ ...PARIS, ...more }, began(from), window, paris))).toBe(deadline),
  )
})

test('a night is late only beyond its catch-up', () => {
  expect([isLate(NOW, NOW + 1000, 1000), isLate(NOW, NOW + 1001, 1000)]).toEqual([false, true])
})

describe('--at', () => {
  test.each([
    ['04:00 Europe/Paris', { at: '04:00', timeZone: 'Europe/Paris' }],
    ['4:05', { at: '04:05' }],
    ['4:05:30 UTC', { at: '04:05:30', timeZone: 'UTC' }],
    ['0:00 Etc/GMT+3', { at: '00:00', timeZone: 'Etc/GMT+3' }],
    ['24:00', null],
    ['4', null],
    ['04:60', null],
    ['04:00 Europe/Paris mon', null],
    ['04:00 +02:00', null],
  ])('%s', (text, parsed) => expect(parseAt(text)).toEqual(parsed))

  test('is a time of the day', () => expect([timeOfDay('04:00'), timeOfDay('00:00:30')]).toEqual([14_400_000, 30_000]))
})

test('a schedule is told in a line', () => {
  expect(scheduleWords(PARIS)).toBe('04:00 Europe/Paris, mon-fri, catch-up 6h')
  const all = { ...PARIS, days: DAYS, jitterMs: 300_000, deadlineMs: 3_600_000 }
  expect(scheduleWords(all)).toBe('04:00 Europe/Paris, every day, jitter 5m, catch-up 6h, deadline 1h')
})

test('only a night of the same migration asks, and only an answer is one', () => {
  const asked = { workflowId: 'night/shop/at-x', scheduled: '2026-11-20T03:00:00Z', expires: '2026-11-20T03:15:00Z' }
  expect(isAskedAdmission(asked, 'shop')).toBe(true)
  for (const other of [null, 4, {}, { ...asked, workflowId: 'night/shop2/x' }, { ...asked, expires: 'soon' }])
    expect(isAskedAdmission(other, 'shop')).toBe(false)
  for (const answer of [{ run: 'x', reason: null }, { run: null, reason: 'held' }, HEARD])
    expect(isAdmission(answer)).toBe(true)
  for (const other of [null, {}, { run: 'x', reason: 'y' }, { run: 4, reason: null }, { run: null, reason: false }])
    expect(isAdmission(other)).toBe(false)
})

test.each<[unknown, boolean]>([
  [{}, true],
  [{ ...PARIS }, true],
  [{ days: [] }, false],
  [{ days: ['Mon'] }, false],
  [{ at: '24:00' }, false],
  [{ timeZone: '../etc' }, false],
  [{ jitterMs: -1 }, false],
  [{ catchUpMs: 1 }, false],
  [{ deadlineMs: 1.5 }, false],
  [{ cron: '* * * * *' }, false],
  [[], false],
  [null, false],
])('whether %j is a schedule that a person may want: %s', (value, is) => expect(isWanted(value)).toBe(is))
