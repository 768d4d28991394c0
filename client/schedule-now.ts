import { setTimeout as delay } from 'node:timers/promises'
import { WorkflowFailedError } from '@temporalio/client'
import type { Admission } from '../core/night.js'
import { describeSchedule, fireNow } from './schedule.js'
import { explainTemporal, type Temporal } from './temporal.js'
import { refusal } from './updates.js'

const LOOK_MS = 200
/** Temporal acts on it within a second; a night that is under way already keeps it from acting at all. */
const FIRED_MS = 15_000
const DECIDED_MS = 20_000

/** What became of a firing: what was decided; `skipped`: a night was open already; `unknown`: nothing was decided yet. */
export type Fired = Admission | 'skipped' | 'unknown'

/** Fires the schedule and waits for what is decided. Throws the Problem of a night that nobody decided. */
export async function fireAndWait(temporal: Temporal, migration: string): Promise<Fired> {
  const before = await describeSchedule(temporal, migration)
  await fireNow(temporal, migration)
  const until = Date.now() + FIRED_MS
  for (;;) {
    const now = await describeSchedule(temporal, migration)
    if (now === null) return 'unknown'
    if (now.info.numActionsSkippedOverlap > (before?.info.numActionsSkippedOverlap ?? 0)) return 'skipped'
    if (now.info.numActionsTaken > (before?.info.numActionsTaken ?? 0)) {
      const last = now.info.recentActions.at(-1)
      return last === undefined ? 'unknown' : await decisionOf(temporal, last.action.workflow)
    }
    if (Date.now() > until) return 'unknown'
    await delay(LOOK_MS)
  }
}

async function decisionOf(
  temporal: Temporal,
  { workflowId, firstExecutionRunId }: { readonly workflowId: string; readonly firstExecutionRunId: string },
): Promise<Fired> {
  const handle = temporal.client.workflow.getHandle(workflowId, firstExecutionRunId)
  const result = (handle.result() as Promise<Admission>).catch((error: unknown) => {
    throw error instanceof WorkflowFailedError ? refusal(error) : explainTemporal(temporal.where, error)
  })
  return await Promise.race([result, delay(DECIDED_MS, 'unknown' as const)])
}
