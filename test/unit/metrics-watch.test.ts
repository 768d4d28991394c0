import { describe, expect, test } from 'vitest'
import { offsetsOf } from '../../activities/read-window.js'
import type { Hold } from '../../core/hold.js'
import { DEFAULT_SCHEDULE, type Scheduled } from '../../core/schedule.js'
import type { RunSummary } from '../../core/run.js'
import { wholeStatus, type MigrationStatus } from '../../core/status.js'
import { gaugesOf, WATCHED, type Watched } from '../../worker/watch-gauges.js'
import { makeLook, type Watching } from '../../worker/watch-migrations.js'
import { Failure } from '../../core/failure.js'
import { summary } from '../support/client-documents.js'
import { ended } from '../support/nights-memory.js'

const status = (differs: Partial<MigrationStatus> = {}): MigrationStatus => ({
  ...wholeStatus({
    ...{ format: 1, migration: 'shop', target: null, versions: [], applying: false, running: null, runs: [] },
    ...{ proving: null, holds: [], knobs: {}, refused: [], ownership: 'source' },
  }),
  ...differs,
})

const scheduled = (differs: Partial<Scheduled> = {}, at = '04:00'): Scheduled => ({
  schedule: { ...DEFAULT_SCHEDULE, at },
  ...{ by: 'anna', at: '2026-11-18T12:00:00.000Z', paused: null },
  ...differs,
})

const begun = (started: string, differs: Partial<RunSummary> = {}): RunSummary =>
  summary({ run: started, label: 'snapshot', started, ended: started.replace('T04', 'T05'), ...differs })

const next = (differs: Partial<MigrationStatus>): string | null => {
  const { nightferry_next_night_timestamp_seconds: at = 0 } = gaugesOf(status(differs), offsetsOf)
  return at === 0 ? null : new Date(at * 1000).toISOString()
}

describe('the night that is waited for', () => {
  test('is the first one after the schedule was made, and after each that was begun or refused', () => {
    expect(next({ schedule: scheduled() })).toBe('2026-11-19T04:00:00.000Z')
    const runs = [begun('2026-11-20T04:00:03.000Z')]
    expect(next({ schedule: scheduled(), runs })).toBe('2026-11-21T04:00:00.000Z')
    const refused = [begun('2026-11-21T04:00:01.000Z', { state: 'refused' }), ...runs]
    expect(next({ schedule: scheduled(), runs: refused })).toBe('2026-11-22T04:00:00.000Z')
  })

  test('stays where it was when it is missed, whatever the clock says', () => {
    const runs = [begun('2026-11-01T04:00:03.000Z')]
    expect(next({ schedule: scheduled({ at: '2026-10-01T12:00:00.000Z' }), runs })).toBe('2026-11-02T04:00:00.000Z')
  })

  test('is none without a schedule or while it is paused, and after that none of those that were not to be', () => {
    expect(next({})).toBeNull()
    const paused = { by: 'anna', at: '2026-11-19T12:00:00.000Z', why: 'budget' }
    expect(next({ schedule: scheduled({ paused }) })).toBeNull()
    expect(next({ schedule: scheduled({ resumed: '2027-01-05T12:00:00.000Z' }) })).toBe('2027-01-06T04:00:00.000Z')
  })

  test('has its jitter, and is not the one that another clock began a moment early', () => {
    const jittery = scheduled()
    const schedule = { ...jittery, schedule: { ...jittery.schedule, jitterMs: 600_000 } }
    expect(next({ schedule })).toBe('2026-11-19T04:10:00.000Z')
    expect(next({ schedule: scheduled(), runs: [begun('2026-11-20T03:59:59.900Z')] })).toBe('2026-11-21T04:00:00.000Z')
  })

  test('is none on the clock of a place that this Node does not know; the rest is told all the same', () => {
    const { schedule } = scheduled()
    const nowhere = scheduled({ schedule: { ...schedule, timeZone: 'Mars/Phobos' } })
    expect(next({ schedule: nowhere, runs: [begun('2026-11-20T04:00:03.000Z')] })).toBeNull()
  })

  test('is on the clock of its place', () => {
    const { schedule } = scheduled()
    const paris = scheduled({ schedule: { ...schedule, timeZone: 'Europe/Paris' } })
    expect(next({ schedule: paris })).toBe('2026-11-19T03:00:00.000Z')
  })
})

test('the oldest hold is of those that people wait for: the hours in which rows may be read are none', () => {
  const hold = (id: string, kind: Hold['kind'], at: string): Hold => ({
    ...{ id, kind, at, table: null, by: 'anna', why: 'x', remedy: null, lifts: null },
  })
  const oldest = (...holds: Hold[]) => gaugesOf(status({ holds }), offsetsOf).nightferry_oldest_hold_timestamp_seconds
  expect(oldest()).toBe(0)
  expect(oldest(hold('h1', 'window', '2026-11-01T00:00:00Z'))).toBe(0)
  const two = [hold('h1', 'failure', '2026-11-02T00:00:00Z'), hold('h2', 'operator', '2026-11-03T00:00:00Z')]
  expect(oldest(...two)).toBe(Date.parse('2026-11-02T00:00:00Z') / 1000)
})

describe('the watcher', () => {
  const applied = status({
    target: { connection: 'dst', database: 'shop' },
    versions: [{ number: 1, planHash: '', configHash: '', by: 'anna', at: '', tables: 1 }],
  })
  const night = begun('2026-11-20T04:00:00.000Z')

  /** What is shown after each look, by name. */
  const watch = (differs: Partial<Watching['ports']>, limits: Pick<Watching, 'readingMs'> = {}) => {
    const shown: Partial<Record<Watched, number>> = {}
    let open: readonly { migration: string; status: MigrationStatus | null }[] = []
    const asked: string[] = []
    const logged: string[] = []
    const version = { config: { source: { connection: 'src' } } }
    const kept = {
      versions: async () => [version],
      run: async () => null,
      fitness: async () => null,
      waivers: async () => [],
    }
    const report = ended('x').report
    const ledger = {
      report: async (run: string) => (asked.push(run), { ...report, summary: { ...report.summary, run } }),
      summary: async (run: string) => ({ run }),
    }
    const look = makeLook({
      measure: (name, value) => void (shown[name as Watched] = value),
      migrations: { all: async () => open, one: async () => null, trouble: async () => [] },
      ports: {
        memory: async () => kept,
        target: async () => ({ ledger }),
        source: async () => ({ readOnly: async () => true }),
        ...differs,
      } as unknown as Watching['ports'],
      log: (message) => void logged.push(message),
      ...limits,
    })
    return {
      logged,
      shown,
      asked,
      look: async (...statuses: (MigrationStatus | null)[]) => {
        open = statuses.map((one) => ({ migration: one?.migration ?? 'shop', status: one }))
        await look()
      },
    }
  }

  test('shows zeros for a migration that is gone, and keeps what one had that does not answer', async () => {
    const { shown, look } = watch({})
    await look({ ...applied, runs: [{ ...night, state: 'incomplete' }] })
    const ended = Date.parse('2026-11-20T05:00:00.000Z') / 1000
    expect(shown).toMatchObject({ nightferry_last_run_ended_timestamp_seconds: ended, nightferry_last_run_green: 0 })
    expect(shown.nightferry_fence_up).toBe(1)
    await look(null)
    expect(shown.nightferry_last_run_ended_timestamp_seconds).toBe(ended)
    await look()
    expect(shown).toEqual(Object.fromEntries(WATCHED.map((name) => [name, 0])))
  })

  test('keeps what it showed of servers that are away', async () => {
    const away = async (): Promise<never> => {
      throw new Failure('target-unreachable', 'away', { remedy: 'wait' })
    }
    const { shown, look } = watch({ source: away, target: away, memory: away })
    await look({ ...applied, runs: [night] })
    expect(shown.nightferry_last_run_ended_timestamp_seconds).toBeGreaterThan(0)
    expect(shown).not.toHaveProperty('nightferry_last_run_green')
    expect(shown).not.toHaveProperty('nightferry_fence_up')
  })

  test('goes on to the next one where one cannot be looked at, and says so once', async () => {
    const { shown, logged, look } = watch({})
    const broken = { ...applied, holds: null } as unknown as MigrationStatus
    for (let i = 0; i < 2; i++) await look(broken, { ...applied, migration: 'other', runs: [night] })
    expect(shown.nightferry_last_run_ended_timestamp_seconds).toBeGreaterThan(0)
    expect(logged).toEqual(['a migration cannot be watched'])
  })

  test('says when it last knew all: not while the target is away, but since it was seen first', async () => {
    let isAway = true
    const away = async (): Promise<never> => {
      throw new Failure('target-unreachable', 'away', { remedy: 'wait' })
    }
    const ledger = { report: async () => ended('x').report, summary: async (run: string) => ({ run }) }
    const target = (async () => (isAway ? await away() : { ledger })) as unknown as Watching['ports']['target']
    const { shown, look } = watch({ target, memory: away })
    const runs = [night]
    await look({ ...applied, runs })
    expect(Date.now() / 1000 - (shown.nightferry_watched_timestamp_seconds ?? 0)).toBeLessThan(60)
    shown.nightferry_watched_timestamp_seconds = 1
    await look({ ...applied, runs })
    expect(shown.nightferry_watched_timestamp_seconds).toBe(1)
    isAway = false
    await look({ ...applied, runs })
    expect(shown.nightferry_watched_timestamp_seconds).toBeGreaterThan(1)
  })

  test('cannot tell of a run that nobody has a report of, and goes on to those before it', async () => {
    const ledger = { summary: async () => ({ run: 'another' }) }
    const { shown, logged, look } = watch({ target: async () => ({ ledger }) as never })
    await look({ ...applied, runs: [night] })
    expect(shown).not.toHaveProperty('nightferry_last_run_green')
    expect(shown).toMatchObject({ nightferry_last_green_timestamp_seconds: 0, nightferry_fence_up: 1 })
    expect(logged).toEqual([])
  })

  test('waits for no target that froze, asks it nothing more, and hides no red night meanwhile', async () => {
    let asked = 0
    const never = async (): Promise<never> => ((asked += 1), await new Promise(() => {}))
    const { shown, logged, look } = watch({ target: never, memory: never }, { readingMs: 20 })
    await look({ ...applied, runs: [night] })
    const before = asked
    expect(shown).not.toHaveProperty('nightferry_last_run_green')
    await look({ ...applied, runs: [{ ...night, state: 'incomplete' }, night] })
    expect(asked).toBe(before)
    expect(shown.nightferry_last_run_green).toBe(0)
    expect(logged).toEqual(['a migration cannot be watched'])
  })

  test('does not read the report of a run that cannot be green', async () => {
    const { shown, asked, look } = watch({})
    const rejects = { ...night, state: 'complete with rejects' } as const
    await look({
      ...applied,
      runs: [rejects, { ...night, label: 'best-effort' }, { ...night, published: 'not published' }],
    })
    expect(asked).toEqual([])
    expect(shown).toMatchObject({ nightferry_last_run_green: 0, nightferry_last_green_timestamp_seconds: 0 })
  })
})
