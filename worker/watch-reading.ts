import { Failure } from '../core/failure.js'
import type { Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'
import type { MigrationStatus } from '../core/status.js'
import { inTime } from './in-time.js'
import { fencesOf } from './watch-fences.js'
import { type Gauges, lastEnded, secondsOf, watchedNow } from './watch-gauges.js'
import { greensOf, mayBeGreen } from './watch-greens.js'

/** A look at the source itself. */
const FENCES_EVERY_MS = 60_000

/** As long do the others wait for a database that does not answer. */
const READING_MS = 10_000

/** It may have lost what it was asked: it is asked anew. */
const LOST_MS = 300_000

type Show = (values: Gauges) => void

/**
 * Shows what targets and sources of migrations say. What takes too long is left alone, and shown once it comes: until then
 * nothing more is asked of that migration, and each look throws. A Failure of a database says nothing, and throws nothing.
 */
export function readingOf(
  ports: Ports,
  limits: { readonly fencesEveryMs?: number; readonly readingMs?: number },
): (migration: string, status: MigrationStatus, show: Show) => Promise<void> {
  const { fencesEveryMs = FENCES_EVERY_MS, readingMs = READING_MS } = limits
  const greens = greensOf(ports)
  const fences = fencesOf(ports)
  const fencesAsked = new Map<string, number>()
  const readings = new Map<string, { readonly since: number }>()

  const readFence = async (migration: string, place: Place, version: number): Promise<Gauges> => {
    const asked = fencesAsked.get(migration)
    if (asked !== undefined && performance.now() - asked < fencesEveryMs) return {}
    fencesAsked.set(migration, performance.now())
    const isUp = await fences(migration, place, version)
    return isUp === null ? {} : { nightferry_fence_up: isUp ? 1 : 0 }
  }

  const read = async (migration: string, { target, runs, versions }: MigrationStatus, show: Show): Promise<void> => {
    const version = versions.at(-1)?.number
    if (target === null || version === undefined) return show({ ...NOTHING_READ, ...watchedNow() })
    const { last, newest } = await greens(migration, target, runs)
    show({
      ...(last !== null && { nightferry_last_run_green: last ? 1 : 0 }),
      ...(newest !== undefined && { nightferry_last_green_timestamp_seconds: secondsOf(newest?.ended ?? null) }),
      ...((last !== null || lastEnded(runs) === undefined) && watchedNow()),
    })
    show(await readFence(migration, target, version))
  }

  return async (migration, status, show) => {
    const last = lastEnded(status.runs)
    // Without its report: also a target that froze hides no red night.
    if (last !== undefined && !mayBeGreen(last)) show({ nightferry_last_run_green: 0 })
    const before = readings.get(migration)
    if (before !== undefined && performance.now() - before.since < LOST_MS) throw silent()
    const mine = { since: performance.now() }
    readings.set(migration, mine)
    const isMine = (): boolean => readings.get(migration) === mine
    const work = read(migration, status, (values) => isMine() && show(values))
    const over = work.finally(() => isMine() && readings.delete(migration))
    await inTime(readingMs, over, () => {
      throw silent()
    })
  }
}

const silent = (): Failure =>
  new Failure('target-unreachable', 'Its target or its source does not answer', {
    remedy: 'See whether their servers, and the network to them, are well.',
  })

/** Before the first apply. */
const NOTHING_READ = {
  nightferry_last_run_green: 0,
  nightferry_last_green_timestamp_seconds: 0,
  nightferry_fence_up: 0,
}
