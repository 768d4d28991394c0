import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { judgeNight } from '../../activities/judge-night.js'
import { judgeSchedule } from '../../activities/judge-schedule.js'
import type { Plans } from '../../activities/plans.js'
import type { Tools } from '../../activities/tools.js'
import type { Ports } from '../../core/ports.js'
import { DEFAULT_SCHEDULE, type JudgedSchedule, type WantedSchedule } from '../../core/schedule.js'
import { config } from '../support/catalog.js'

const version = { migration: 'shop', version: 1, target: { connection: 'to', database: null } }

/** Steps that ask nothing but the config that was applied. */
const toolsOf = (written: Record<string, unknown>): Tools => ({
  ports: {} as Ports,
  plans: { siteOf: async () => ({ stored: { config: config(written) } }) } as unknown as Plans,
  worker: 'test',
  log: () => {},
})

const run = async <I, O>(step: (input: I) => Promise<O>, input: I): Promise<O> => {
  const quiet = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
  return (await quiet.run(step, input)) as O
}

const judge = async (wanted: WantedSchedule, written: Record<string, unknown> = {}): Promise<JudgedSchedule> =>
  await run(judgeSchedule(toolsOf(written)), { version, wanted })

const refusal = async (wanted: WantedSchedule, written: Record<string, unknown> = {}): Promise<string> => {
  const failure = await judge(wanted, written).then(
    () => null,
    (error: unknown) => error,
  )
  if (!(failure instanceof ApplicationFailure)) throw new Error('it was not refused')
  expect([failure.type, failure.nonRetryable]).toEqual(['refused', true])
  const [note] = failure.details ?? []
  return `${failure.message} | ${(note as { remedy: string }).remedy}`
}

describe('a schedule', () => {
  it("is the applied config's, where nothing else is said", async () => {
    const schedule = { at: '04:00', time_zone: 'Europe/Paris', days: 'mon-fri', jitter: '5m' }
    const judged = await judge({}, { schedule })
    expect(judged.schedule).toEqual({
      ...{ at: '04:00', timeZone: 'Europe/Paris', days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
      ...{ jitterMs: 300_000, catchUpMs: 21_600_000, deadlineMs: null },
    })
    expect(judged.next).toHaveLength(5)
    const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', timeStyle: 'short' })
    expect(new Set(judged.next.map((at) => hour.format(Date.parse(at))))).toEqual(new Set(['04:00']))
    const said = await judge({ at: '05:00', deadlineMs: 60_000 }, { schedule })
    expect(said.schedule).toEqual({ ...judged.schedule, at: '05:00', deadlineMs: 60_000 })
  })

  it('is every day in UTC, where only its time is said', async () => {
    expect((await judge({ at: '02:30' })).schedule).toEqual({ ...DEFAULT_SCHEDULE, at: '02:30' })
  })

  it('is refused where its time is not there once on every day, with the hours that are safe', async () => {
    const found = await refusal({ at: '02:30', timeZone: 'Europe/Paris', days: ['mon'] })
    expect(found).toMatch(
      /^02:30 in Europe\/Paris does not exist on \d{4}-03-\d\d, when clocks go forward from 02:00 to/,
    )
    expect(found).toContain('comes twice on')
    expect(found).toContain('Safe there on every day: 00:00 to 01:59 and 03:00 to 23:59.')
    expect(await refusal({ at: '02:15', timeZone: 'Australia/Lord_Howe' })).toContain(
      '00:00 to 01:29 and 02:30 to 23:59',
    )
  })

  it.each<[string, WantedSchedule, string]>([
    ['no time', {}, 'says when nights are to begin'],
    [
      'a zone that this worker does not know',
      { at: '04:00', timeZone: 'Mars/Base' },
      'No time zone is called Mars/Base',
    ],
    ['chance that is longer than catch-up', { at: '04:00', jitterMs: 60_000, catchUpMs: 30_000 }, 'too late by chance'],
  ])('is refused with %s', async (_, wanted, says) => expect(await refusal(wanted)).toContain(says))
})

describe('the deadline of a night that begins now', () => {
  const deadline = async (written: Record<string, unknown>, window?: string | null): Promise<string | null> => {
    const input = { schedule: { ...DEFAULT_SCHEDULE, at: '04:00' }, version, ...(window !== undefined && { window }) }
    return (await run(judgeNight(toolsOf(written)), input)).deadline
  }
  const hours = { consistency: { read: 'best-effort' }, limits: { window: '22:00-05:00 Europe/Paris' } }

  it('is an hour before the next one, at least an hour from now', async () => {
    const found = await deadline({})
    expect(found).toMatch(/T03:00:00\.000Z$/)
    expect(Date.parse(found ?? '') - Date.now()).toBeGreaterThan(3_500_000)
  })
  it('is none with a window, of the config or turned over it, and is there where that was turned off', async () => {
    expect(await deadline(hours)).toBeNull()
    expect(await deadline({}, '22:00-05:00 UTC')).toBeNull()
    expect(await deadline(hours, null)).toMatch(/T03:00/)
  })
})
