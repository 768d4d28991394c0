import { Failure } from '../core/failure.js'
import { nextFirings } from '../core/firings.js'
import type { MetricName } from '../core/metrics.js'
import type { RunSummary } from '../core/run.js'
import type { MigrationStatus } from '../core/status.js'
import type { OffsetAt } from '../core/window.js'

/** What the watcher shows of every migration, in the order of the docs. */
export const WATCHED = [
  'nightferry_run_under_way',
  'nightferry_last_run_ended_timestamp_seconds',
  'nightferry_last_run_green',
  'nightferry_last_green_timestamp_seconds',
  'nightferry_next_night_timestamp_seconds',
  'nightferry_oldest_hold_timestamp_seconds',
  'nightferry_fence_up',
  'nightferry_watched_timestamp_seconds',
] as const satisfies readonly MetricName[]

export type Watched = (typeof WATCHED)[number]

/** What is left out keeps its value. */
export type Gauges = Readonly<Partial<Record<Watched, number>>>

export const watchedNow = (): Gauges => ({ nightferry_watched_timestamp_seconds: Date.now() / 1000 })

/** What a status says by itself. Moments are seconds since 1970, 0 where there is none. */
export function gaugesOf(status: MigrationStatus, offsetsOf: (zone: string) => OffsetAt): Gauges {
  const holds = status.holds.filter(({ kind }) => kind !== 'window')
  return {
    nightferry_run_under_way: status.running === null ? 0 : 1,
    nightferry_last_run_ended_timestamp_seconds: secondsOf(lastEnded(status.runs)?.ended ?? null),
    nightferry_next_night_timestamp_seconds: nextNight(status, offsetsOf),
    nightferry_oldest_hold_timestamp_seconds:
      holds.length === 0 ? 0 : Math.min(...holds.map(({ at }) => secondsOf(at))),
  }
}

/** Nights that were refused are among them: what was to be there in the morning is not. */
export const lastEnded = (runs: readonly RunSummary[]): RunSummary | undefined => newestEnded(runs)[0]

export const newestEnded = (runs: readonly RunSummary[]): RunSummary[] =>
  runs.filter(({ ended }) => ended !== null).toSorted((a, b) => Date.parse(b.started) - Date.parse(a.started))

export const secondsOf = (moment: string | null): number => (moment === null ? 0 : Date.parse(moment) / 1000)

/** Clocks of servers differ: a night that begins a moment before its time is that night. */
const EARLY_MS = 60_000

/**
 * When the night that is waited for begins at the latest, its jitter over: the first one that the schedule names after what
 * was begun or refused last, and after somebody made or resumed it. In the past: it was missed. 0: none is waited for.
 */
function nextNight(
  { schedule: scheduled, runs, running }: MigrationStatus,
  offsetsOf: (zone: string) => OffsetAt,
): number {
  if (scheduled === null || scheduled.paused !== null) return 0
  const { schedule, at, resumed } = scheduled
  const begun = [...runs, ...(running === null ? [] : [running])].map(({ started }) => Date.parse(started) + EARLY_MS)
  const after = Math.max(Date.parse(at), ...(resumed === undefined ? [] : [Date.parse(resumed)]), ...begun)
  try {
    const [next] = nextFirings(schedule, after, 1, offsetsOf(schedule.timeZone))
    return next === undefined ? 0 : (next + schedule.jitterMs) / 1000
  } catch (error) {
    // This Node does not know the zone: all else can be told.
    if (error instanceof Failure) return 0
    throw error
  }
}
