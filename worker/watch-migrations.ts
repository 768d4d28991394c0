import { offsetsOf } from '../activities/read-window.js'
import type { Log } from '../core/log.js'
import type { Measure } from '../core/metrics.js'
import { migrationWorkflowId } from '../core/names.js'
import type { Ports } from '../core/ports.js'
import type { MigrationStatus } from '../core/status.js'
import type { Migrations } from './migrations.js'
import { type Gauges, gaugesOf, WATCHED, type Watched, watchedNow } from './watch-gauges.js'
import { readingOf } from './watch-reading.js'

const EVERY_MS = 15_000

export interface Watching {
  readonly measure: Measure
  readonly migrations: Migrations
  readonly ports: Ports
  readonly log: Log
  /** For tests. */
  readonly everyMs?: number
  readonly fencesEveryMs?: number
  readonly readingMs?: number
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

/**
 * One look at all of them. Throws what Temporal throws; what goes wrong with one is a line of the log, once until it is well
 * again, and keeps no other from being seen.
 */
export function makeLook(watching: Watching): () => Promise<void> {
  const { measure, migrations, ports, log } = watching
  const read = readingOf(ports, watching)
  const failing = new Set<string>()
  let shown = new Set<string>()
  const show = (migration: string, values: Gauges): void => {
    for (const name of WATCHED) {
      const value = values[name]
      if (value !== undefined) measure(name, value, { migration })
    }
  }
  const lookAt = async (migration: string, status: MigrationStatus): Promise<void> => {
    show(migration, gaugesOf(status, offsetsOf))
    // What comes late may be of a migration that is gone by then.
    await read(migration, status, (values) => shown.has(migration) && show(migration, values))
  }
  return async () => {
    const open = await migrations.all()
    const names = new Set(open.map(({ migration }) => migration))
    for (const gone of shown) if (!names.has(gone)) show(gone, NOTHING)
    // An age is told of each, also where nothing else ever can be.
    for (const name of names) if (!shown.has(name)) show(name, watchedNow())
    shown = names
    // One after another: nobody waits, and sessions of targets and sources are others' to use.
    for (const { migration, status } of open) {
      if (status === null) continue
      try {
        await lookAt(migration, status)
        failing.delete(migration)
      } catch (error) {
        if (!failing.has(migration))
          log('a migration cannot be watched', { workflow: migrationWorkflowId(migration), error: String(error) })
        failing.add(migration)
      }
    }
  }
}

const NOTHING = Object.fromEntries(WATCHED.map((name) => [name, 0])) as Record<Watched, number>
