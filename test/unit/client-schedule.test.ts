import { describe, expect, it } from 'vitest'
import { noPaint } from '../../client/output.js'
import { Problem } from '../../client/problem.js'
import { renderInventory } from '../../client/render/inventory.js'
import { renderSchedule, scheduleLines } from '../../client/render/schedule.js'
import { readWanted, type ScheduleSettings } from '../../client/schedule-settings.js'
import type { RunSummary } from '../../core/run.js'
import { DEFAULT_SCHEDULE, type Scheduled } from '../../core/schedule.js'
import type { FiringStatus } from '../../core/status.js'

describe('what is typed', () => {
  it.each<[ScheduleSettings, object]>([
    [{}, {}],
    [{ at: '4:00 Europe/Paris' }, { at: '04:00', timeZone: 'Europe/Paris' }],
    [
      { at: '04:00', days: 'sat,sun' },
      { at: '04:00', days: ['sat', 'sun'] },
    ],
    [
      { jitter: '5m', catchUp: '1h', deadline: '90m' },
      { jitterMs: 300_000, catchUpMs: 3_600_000, deadlineMs: 5_400_000 },
    ],
    [
      { jitter: '0', deadline: 'none' },
      { jitterMs: 0, deadlineMs: null },
    ],
  ])('%j is taken', (typed, wanted) => expect(readWanted(typed)).toEqual(wanted))

  it.each<[ScheduleSettings, string]>([
    [{ at: 'noon' }, '--at noon is not a time of a place, such as "04:00 Europe/Paris"'],
    [{ days: 'weekdays' }, '--days weekdays is not days, such as mon-fri'],
    [{ jitter: '5' }, '--jitter 5 is not a time from 0 to 12h'],
    [{ catchUp: '1s' }, '--catch-up 1s is not a time from 10s to 168h'],
    [{ deadline: '200h' }, '--deadline 200h is not a time from 1m to 168h'],
  ])('%j is no usage', (typed, says) => {
    expect(() => readWanted(typed)).toThrow(Problem)
    expect(() => readWanted(typed)).toThrow(says)
  })
})

const scheduled = (more: Partial<Scheduled> = {}): Scheduled => ({
  schedule: { ...DEFAULT_SCHEDULE, at: '04:00', timeZone: 'Europe/Paris' },
  by: 'ada',
  at: '2026-11-20T12:00:00.000Z',
  paused: null,
  ...more,
})
const firing = (more: Partial<FiringStatus> = {}): FiringStatus => ({
  ...{ paused: false, note: null, next: ['2026-11-21T03:00:00.000Z', '2026-11-22T03:00:00.000Z'] },
  ...{ fired: 3, missed: 0, skipped: 1 },
  ...more,
})
const lines = (schedule: Scheduled | null, told: FiringStatus | null | undefined): string =>
  scheduleLines({ migration: 'shop', schedule }, told, noPaint).join('\n')

describe('the status', () => {
  it('has the next firing', () => {
    expect(lines(scheduled(), firing())).toBe(
      '  nights: 04:00 Europe/Paris, every day, catch-up 6h; the next one 2026-11-21 03:00:00 UTC',
    )
  })
  it('says that it pauses, by whom and why, and that a resume of the migration leaves it so', () => {
    const paused = { by: 'bob', at: '2026-11-20T13:00:00.000Z', why: 'a freeze' }
    const text = lines(scheduled({ paused }), firing({ paused: true }))
    expect(text).toContain(
      'paused by bob since 2026-11-20 13:00:00 UTC (a freeze): a resume of the migration leaves it so',
    )
    expect(text).toContain('`nightferry schedule shop --resume`')
    expect(text).not.toContain('next one')
  })
  it('takes the word of Temporal where somebody paused it there', () => {
    expect(lines(scheduled(), firing({ paused: true, note: 'by hand' }))).toContain('paused (by hand)')
  })
  it('says that Temporal has none where there should be one', () => {
    expect(lines(scheduled(), null)).toContain('not scheduled any more')
    expect(lines(scheduled(), null)).toContain('`nightferry schedule shop`')
  })
  it('stands without Temporal, and is silent where there is nothing', () => {
    expect(lines(scheduled(), undefined)).toBe('  nights: 04:00 Europe/Paris, every day, catch-up 6h')
    expect([lines(null, null), lines(null, undefined)]).toEqual(['', ''])
  })
})

it('--show has the firings to come, what became of those before, and the nights that were refused', () => {
  const night: RunSummary = {
    ...{ run: '20261120-030000', version: 1, state: 'refused', label: 'best-effort', started: 'x', ended: 'x' },
    ...{ tables: 0, stopped: 0, rows: 0, bytes: 0, reason: 'held: a freeze' },
  }
  const status = { migration: 'shop', schedule: scheduled(), runs: [night] }
  const text = renderSchedule(status, firing(), noPaint).join('\n')
  expect(text).toContain('scheduled by ada')
  expect(text).toContain('then 2026-11-22 03:00:00 UTC')
  expect(text).toContain('fired 3 times; 1 skipped since one was open, 0 missed')
  expect(text).toContain('night 20261120-030000 was refused: held: a freeze')
  expect(renderSchedule({ ...status, schedule: null }, null, noPaint).join()).toContain('started by people')
})

it('clean names the schedule where there is one', () => {
  const inventory = { migration: 'shop', target: null, workflows: [], schedule: true }
  expect(renderInventory(inventory, false, noPaint).join('\n')).toContain('removes the schedule of its nights')
  expect(renderInventory({ ...inventory, schedule: false }, false, noPaint).join('\n')).not.toContain('schedule')
})
