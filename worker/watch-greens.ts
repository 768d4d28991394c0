import { Failure } from '../core/failure.js'
import { notGreen } from '../core/green.js'
import type { Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'
import type { RunSummary } from '../core/run.js'
import { runDocument } from './run-documents.js'
import { newestEnded } from './watch-gauges.js'

export interface Greens {
  /** Null: it cannot be told now. */
  readonly last: boolean | null
  /** The newest one that is; null: none is known. Absent: it cannot be told now. */
  readonly newest?: RunSummary | null
}

/** Tells which runs are green, by their reports: each is read once, and again when what the entity says of it changed. */
export function greensOf(
  ports: Ports,
): (migration: string, place: Place, runs: readonly RunSummary[]) => Promise<Greens> {
  const known = new Map<string, ReadonlyMap<string, boolean>>()
  return async (migration, place, runs) => {
    const before = known.get(migration)
    const now = new Map<string, boolean>()
    const judge = async (run: RunSummary): Promise<boolean> => {
      if (!mayBeGreen(run)) return false
      const id = JSON.stringify(run)
      const isGreen = before?.get(id) ?? (await isGreenRun(ports, migration, place, run))
      now.set(id, isGreen)
      return isGreen
    }
    try {
      return await judgeAll(newestEnded(runs), judge)
    } finally {
      known.set(migration, now)
    }
  }
}

async function judgeAll(runs: readonly RunSummary[], judge: (run: RunSummary) => Promise<boolean>): Promise<Greens> {
  let last: boolean | null = null
  try {
    for (const run of runs) {
      const isGreen = await judge(run)
      last ??= isGreen
      if (isGreen) return { last, newest: run }
    }
    return { last, newest: null }
  } catch (error) {
    // The target is away, or a generation is closed.
    if (!(error instanceof Failure)) throw error
    return { last }
  }
}

/** Without its report. What was built aside and not published is not what people have in the morning. */
const mayBeGreen = ({ state, label, published, skipped = 0 }: RunSummary): boolean =>
  state === 'complete' && label === 'snapshot' && published !== 'not published' && skipped === 0

async function isGreenRun(ports: Ports, migration: string, place: Place, { run }: RunSummary): Promise<boolean> {
  const { connection, database } = place
  const { report } = await runDocument(ports, { connection, database, migration }, run)
  return report !== null && notGreen(report) === null
}
