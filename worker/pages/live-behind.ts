import type { MigrationStatus, RunStatus } from '../../core/status.js'
import type { Look } from './live-progress.js'

/**
 * What is still under way of a run whose rows are done: null while they are not. Its ledger says that it is closed, or the
 * migration was told how it ended; an end that a run had before it was taken up again is of another pass.
 */
export function behindWords({ runs, target }: MigrationStatus, running: RunStatus, look: Look | null): string | null {
  const told = runs.find(({ run, ended }) => run === running.run && isSince(ended, running.started))
  const progress = look?.progress ?? null
  const isClosed = progress === null ? running.phase === 'closed' : progress.state !== 'running'
  if (told === undefined && !isClosed) return null
  const isComplete = told !== undefined || progress === null || progress.state === 'complete'
  if (told?.published === 'published' || (look?.isPublished === true && isClosed)) return PUBLISHED
  return target?.published !== undefined && isComplete ? COMPLETE : CLOSED
}

const isSince = (ended: string | null, started: string): boolean =>
  ended !== null && Date.parse(ended) >= Date.parse(started)

const PUBLISHED = "Published; what is done behind it (hooks, the target's fitness) is still under way"
const COMPLETE =
  "Its rows are done; publishing them and what is done behind it (hooks, the target's fitness) is still under way"
const CLOSED = "It has ended; what is done behind it (hooks, the target's fitness) is still under way"
