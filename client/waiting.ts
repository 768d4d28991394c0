import { setTimeout as delay } from 'node:timers/promises'
import type { Health } from '../core/health.js'
import { examine } from './health.js'
import { noControlWorker, noDataWorker, Patience, stuckWorkflow } from './patience.js'
import { explainTemporal, isAway, type Temporal } from './temporal.js'

export interface WaitOptions {
  /** Told of each look, twice a second, to show what is being retried. */
  readonly onHealth?: (health: Health) => void
}

const LOOK_MS = 500

/**
 * Waits for an answer of a workflow, but not in silence: a stuck workflow, a missing control worker or a missing
 * data worker end the wait with exit 3. The workflow itself is left as it is.
 */
export async function waitFor<T>(
  temporal: Temporal,
  workflowId: string,
  answer: Promise<T>,
  options: WaitOptions = {},
): Promise<T> {
  const settled = answer.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const patience = new Patience()
  for (;;) {
    const outcome = await Promise.race([settled, delay(LOOK_MS, null)])
    if (outcome !== null) {
      if ('error' in outcome) throw explainTemporal(temporal.where, outcome.error)
      return outcome.value
    }
    const health = await look(temporal, workflowId)
    if (health === null) continue
    const missing = patience.see(health, Date.now())
    if (health.stuck !== null) throw stuckWorkflow(health.stuck)
    if (missing.control) throw noControlWorker()
    if (missing.data) throw noDataWorker()
    options.onHealth?.(health)
  }
}

async function look(temporal: Temporal, workflowId: string): Promise<Health | null> {
  try {
    return await examine(temporal, workflowId, false)
  } catch (error) {
    // Temporal restarts: the answer's own call says so if it stays away.
    if (isAway(error)) return null
    throw explainTemporal(temporal.where, error)
  }
}
