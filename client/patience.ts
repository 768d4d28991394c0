import type { Health } from '../core/health.js'
import { TASK_QUEUES } from '../core/names.js'
import { EXIT } from './exit-codes.js'
import { Problem } from './problem.js'

/** How long nothing may be picked up before we say that no worker is there: said within 5 s of the command. */
const PATIENCE_MS = 3500

/**
 * Tells a missing worker from a slow one by our own clock (the server's may differ): what stands in front of an
 * empty queue stays `scheduled`. One per thing that is waited for.
 */
export class Patience {
  #controlSince: number | null = null
  #dataSince: number | null = null

  constructor(private readonly limit = PATIENCE_MS) {}

  /** What is missing, after this look. */
  see(health: Health, now: number): { control: boolean; data: boolean } {
    const { started, scheduled } = health.activities
    this.#controlSince = health.taskUntaken ? (this.#controlSince ?? now) : null
    const idle = scheduled > 0 && started === 0 && (health.scheduledSince ?? 0) <= now
    this.#dataSince = idle ? (this.#dataSince ?? now) : null
    return { control: this.#past(this.#controlSince, now), data: this.#past(this.#dataSince, now) }
  }

  #past(since: number | null, now: number): boolean {
    return since !== null && now - since >= this.limit
  }
}

export const noControlWorker = (): Problem =>
  new Problem(
    EXIT.unreachable,
    `no control worker answers on task queue ${TASK_QUEUES.control}`,
    'Start one with `nightferry up` or `nightferry worker`.',
  )

export const noDataWorker = (): Problem =>
  new Problem(
    EXIT.unreachable,
    `no data worker takes work from task queue ${TASK_QUEUES.data}`,
    'Start one with `nightferry up` or `nightferry worker --role data`; what was asked goes on when it is there.',
  )

export const stuckWorkflow = (stuck: NonNullable<Health['stuck']>): Problem =>
  new Problem(
    EXIT.unreachable,
    `workflow ${stuck.workflowId} fails again and again (attempt ${stuck.attempts}): ${stuck.message}`,
    'Start workers of the version that this migration was made with, or update them; the workflow goes on by itself.',
  )
