import { Failure } from '../core/failure.js'
import { notGreen } from '../core/green.js'
import type { Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'
import type { RunSummary } from '../core/run.js'
import { NotThere } from './not-there.js'
import { runDocument } from './run-documents.js'
import { newestEnded } from './watch-gauges.js'

export interface Greens {
  /** Null: it cannot be told now, or nobody has a report of it. */
  readonly last: boolean | null
  /** The newest one that is; null: none is known. Absent: it cannot be told now. */
  readonly newest?: RunSummary | null
}

/** Tells which runs are green, by their reports: each is read once, and again when what the entity says of it changed. */
export function greensOf(
  ports: Ports,
): (migration: string, place: Place, runs: readonly RunSummary[]) => Promise<Greens> {
  const known = new Map<string, ReadonlyMap<string, boolean | null>>()
  return async (migration, place, runs) => {
    const before = known.get(migration)
    const now = new Map<string, boolean | null>()
    const judge = async (run: RunSummary, isLast: boolean): Promise<boolean | null> => {
      if (!mayBeGreen(run)) return false
      const id = JSON.stringify(run)
      const was = before?.get(id)
      // Nobody had a report of it: the last one may be remembered a moment later, older ones will not be.
      const isTold = was !== undefined && (was !== null || !isLast)
      const isGreen = isTold ? was : await isGreenRun(ports, migration, place, run)
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

type Judge = (run: RunSummary, isLast: boolean) => Promise<boolean | null>

async function judgeAll(runs: readonly RunSummary[], judge: Judge): Promise<Greens> {
  let last: boolean | null = null
  try {
    for (const [i, run] of runs.entries()) {
      const isGreen = await judge(run, i === 0)
      if (i === 0) last = isGreen
      if (isGreen === true) return { last, newest: run }
    }
    return { last, newest: null }
  } catch (error) {
    // The target is away, or a generation is closed.
    if (!(error instanceof Failure)) throw error
    return { last }
  }
}

/** Without its report. What was built aside and not published is not what people have in the morning. */
export const mayBeGreen = ({ state, label, published, skipped = 0 }: RunSummary): boolean =>
  state === 'complete' && label === 'snapshot' && published !== 'not published' && skipped === 0

/** Null: nobody has its report, neither a ledger nor a memory. */
async function isGreenRun(ports: Ports, migration: string, place: Place, { run }: RunSummary): Promise<boolean | null> {
  const { connection, database } = place
  try {
    const { report } = await runDocument(ports, { connection, database, migration }, run)
    return report !== null && notGreen(report) === null
  } catch (error) {
    if (error instanceof NotThere) return null
    throw error
  }
}
