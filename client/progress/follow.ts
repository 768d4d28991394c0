import { WorkflowFailedError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { RateMeter } from '../../core/progress.js'
import type { RunProgress } from '../../core/report.js'
import { readingTrouble } from '../../core/snapshot.js'
import { EXIT } from '../exit-codes.js'
import { examine } from '../health.js'
import { Patience } from '../patience.js'
import { Problem } from '../problem.js'
import type { ReadApi, TargetName } from '../read-api.js'
import { explainTemporal, isAway, type Temporal } from '../temporal.js'
import { watchHolds } from './holds.js'
import { pause } from './pause.js'
import type { Screen } from './screen.js'
import { Trouble } from './trouble.js'

export interface Followed {
  readonly migration: string
  readonly run: string
  readonly workflowId: string
  readonly target: TargetName
}

/** How following ended: the run closed (with its workflow's error, if it failed), or the signal came first. */
export type FollowEnd = { readonly end: 'closed'; readonly error: Error | null } | { readonly end: 'left' }

/**
 * Shows a run until it closes or the signal comes; changes nothing. A worker, the read API or Temporal that goes
 * away meanwhile is told and waited for. `picture` draws until the stop.
 */
export async function follow(
  temporal: Temporal,
  api: ReadApi,
  followed: Followed,
  screen: Screen,
  signal: AbortSignal,
  picture = showProgress,
): Promise<FollowEnd> {
  const stop = new AbortController()
  const trouble = new Trouble()
  const left = new Promise<FollowEnd>((resolve) => {
    if (signal.aborted) resolve({ end: 'left' })
    signal.addEventListener('abort', () => resolve({ end: 'left' }), { once: true })
  })
  void picture(api, followed, screen, trouble, stop.signal)
  void watchHealth(temporal, followed, trouble, stop.signal)
  void watchHolds(temporal, followed.migration, trouble, stop.signal)
  try {
    return await Promise.race([closed(temporal, followed, trouble, stop.signal), left])
  } finally {
    // Not awaited: a look that is under way may hang on a server that is away.
    stop.abort()
    screen.end()
  }
}

/** The run's own result: its end is known at once, not at the next poll. */
async function closed(temporal: Temporal, followed: Followed, trouble: Trouble, stop: AbortSignal): Promise<FollowEnd> {
  const handle = temporal.client.workflow.getHandle(followed.workflowId)
  while (!stop.aborted) {
    try {
      await handle.result()
      return { end: 'closed', error: null }
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { end: 'closed', error: error.cause ?? error }
      if (error instanceof WorkflowNotFoundError)
        throw new Problem(
          EXIT.usage,
          `Temporal knows no run ${followed.run} of ${followed.migration} any more`,
          `See \`nightferry runs ${followed.migration}\`.`,
          { cause: error },
        )
      if (!isAway(error)) throw explainTemporal(temporal.where, error)
      trouble.temporalAway(temporal.where.address)
      await pause(1000, stop)
    }
  }
  return { end: 'left' }
}

async function showProgress(
  api: ReadApi,
  followed: Followed,
  screen: Screen,
  trouble: Trouble,
  stop: AbortSignal,
): Promise<void> {
  const meter = new RateMeter()
  while (!stop.aborted) {
    try {
      const progress: RunProgress = await api.progress(followed.target, followed.run)
      trouble.apiAnswers()
      const now = Date.now()
      const rates = meter.add(progress, now)
      const lines = [...readingTrouble(progress.reading), ...trouble.lines(now)]
      const { migration } = followed
      if (!stop.aborted) screen.show({ migration, progress, rates, trouble: lines, held: trouble.isHeld, now })
    } catch (error) {
      // Not there yet (the run opens its ledger first), or the worker comes back: the next look tells.
      trouble.apiSilent(error, screen, Date.now())
    }
    await pause(screen.interval, stop)
  }
}

async function watchHealth(temporal: Temporal, followed: Followed, trouble: Trouble, stop: AbortSignal): Promise<void> {
  const patience = new Patience()
  while (!stop.aborted) {
    await pause(1000, stop)
    if (stop.aborted) return
    try {
      const health = await examine(temporal, followed.workflowId, true)
      trouble.health(health, patience.see(health, Date.now()))
    } catch (error) {
      if (isAway(error)) trouble.temporalAway(temporal.where.address)
      else if (process.env['NIGHTFERRY_DEBUG']) console.error(error)
    }
  }
}
