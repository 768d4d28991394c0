import { offsetsOf } from '../activities/read-window.js'
import type { Log } from '../core/log.js'
import type { Measure } from '../core/metrics.js'
import type { Ports } from '../core/ports.js'
import type { MigrationStatus } from '../core/status.js'
import type { Migrations } from './migrations.js'
import { fencesOf } from './watch-fences.js'
import { gaugesOf, secondsOf, WATCHED, type Watched } from './watch-gauges.js'
import { greensOf } from './watch-greens.js'

const EVERY_MS = 15_000

/** A look at the source itself. */
const FENCES_EVERY_MS = 60_000

export interface Watching {
  readonly measure: Measure
  readonly migrations: Migrations
  readonly ports: Ports
  readonly log: Log
  /** For tests. */
  readonly everyMs?: number
  readonly fencesEveryMs?: number
}

/**
 * Shows Prometheus what every open migration says of itself, until told to stop. What cannot be asked keeps the value that
 * it had; a migration that is gone gets zeros, since an exporter cannot take a series back.
 */
export function watchMigrations(watching: Watching): { stop(): void } {
  const { log, everyMs = EVERY_MS } = watching
  const look = makeLook(watching)
  let timer: NodeJS.Timeout | null = null
  let isOver = false
  let isFailing = false
  const again = async (): Promise<void> => {
    try {
      await look()
      isFailing = false
    } catch (error) {
      // Once, however long Temporal is away.
      if (!isFailing && !isOver) log('the migrations cannot be watched', { error: String(error) })
      isFailing = true
    }
    if (!isOver) timer = setTimeout(() => void again(), everyMs).unref()
  }
  void again()
  return {
    stop: () => {
      isOver = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}

/** One look at all of them. Throws what Temporal or a mistake of ours throws; a database that is away is no reason to. */
export function makeLook({
  measure,
  migrations,
  ports,
  fencesEveryMs = FENCES_EVERY_MS,
}: Watching): () => Promise<void> {
  const greens = greensOf(ports)
  const fences = fencesOf(ports)
  const fencesAsked = new Map<string, number>()
  let shown = new Set<string>()
  const show = (migration: string, values: Readonly<Partial<Record<Watched, number>>>): void => {
    for (const name of WATCHED) {
      const value = values[name]
      if (value !== undefined) measure(name, value, { migration })
    }
  }
  const lookAt = async (migration: string, status: MigrationStatus): Promise<void> => {
    show(migration, gaugesOf(status, offsetsOf))
    const { target, runs, versions } = status
    const version = versions.at(-1)?.number
    if (target === null || version === undefined) return show(migration, NOTHING_READ)
    const { last, newest } = await greens(migration, target, runs)
    show(migration, {
      ...(last !== null && { nightferry_last_run_green: last ? 1 : 0 }),
      ...(newest !== undefined && { nightferry_last_green_timestamp_seconds: secondsOf(newest?.ended ?? null) }),
    })
    const asked = fencesAsked.get(migration)
    if (asked !== undefined && performance.now() - asked < fencesEveryMs) return
    fencesAsked.set(migration, performance.now())
    const isUp = await fences(migration, target, version)
    if (isUp !== null) show(migration, { nightferry_fence_up: isUp ? 1 : 0 })
  }
  return async () => {
    const open = await migrations.all()
    const names = new Set(open.map(({ migration }) => migration))
    for (const gone of shown) if (!names.has(gone)) show(gone, NOTHING)
    shown = names
    // One after another: nobody waits, and sessions of targets and sources are others' to use.
    const failed: unknown[] = []
    for (const { migration, status } of open)
      if (status !== null) await lookAt(migration, status).catch((error: unknown) => failed.push(error))
    if (failed.length > 0) throw failed[0]
  }
}

const NOTHING = Object.fromEntries(WATCHED.map((name) => [name, 0])) as Record<Watched, number>

/** Before the first apply. */
const NOTHING_READ = {
  nightferry_last_run_green: 0,
  nightferry_last_green_timestamp_seconds: 0,
  nightferry_fence_up: 0,
}
