import { Context } from '@temporalio/activity'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { phaseOfStep } from '../core/metrics.js'
import { asTemporalFailure, endsTable } from './failing.js'
import type { Part, RunRef } from './messages.js'
import type { Tools } from './tools.js'

/** How a step sees its attempt. */
export interface Attempt {
  readonly signal: AbortSignal
  /** Shown in Temporal's UI while the step works: counts only. */
  beat(counts: Readonly<Record<string, number>>): void
  /** Whether this error stops the table at hand for good: a step over many tables then goes on with the next. */
  endsTable(error: unknown): boolean
}

/** What a failure of the step stops. */
export interface Subject {
  readonly ref: RunRef
  readonly tables: readonly number[]
}

/**
 * A cancellation reaches an activity with the answer to a heartbeat, so this is how long a pause waits at worst,
 * together with the worker's throttle of 200 ms. Most steps end before the first one.
 */
const HEARTBEAT_MS = 200

/**
 * Makes an activity: heartbeats by the clock while it works, so that a long statement is no dead process; turns what
 * it throws into what the engine's retries understand. A failure of a step for one table stops that table.
 */
export function step<I extends object, O>(
  tools: Tools,
  name: string,
  work: (input: I, attempt: Attempt) => Promise<O>,
): (input: I) => Promise<O> {
  return async (input) => {
    const context = Context.current()
    const signal = context.cancellationSignal
    let counts: Readonly<Record<string, number>> = {}
    const timer = setInterval(() => context.heartbeat(counts), HEARTBEAT_MS)
    const began = performance.now()
    let end = 'done'
    try {
      return await work(input, {
        signal,
        beat: (latest) => void (counts = latest),
        endsTable: (error) => !signal.aborted && endsTable(error, context.info.attempt),
      })
    } catch (error) {
      // Whatever a driver throws when its statement was cancelled, it is the cancellation.
      if (signal.aborted) {
        end = tools.draining?.aborted === true ? 'drained' : 'cancelled'
        throw new CancelledFailure('cancelled')
      }
      end = 'failed'
      const failure = await asTemporalFailure(tools, name, error, context.info.attempt, subjectOf(input))
      tools.measure?.('nightferry_failures_total', 1, { step: name, kind: kindOf(failure) })
      throw failure
    } finally {
      clearInterval(timer)
      const seconds = (performance.now() - began) / 1000
      tools.measure?.('nightferry_step_seconds', seconds, { phase: phaseOfStep(name), step: name, end })
    }
  }
}

/** As series are labelled: what applying refuses has a type of its own, which starts of workflows answer with. */
function kindOf(failure: unknown): string {
  const type = failure instanceof ApplicationFailure ? (failure.type ?? 'internal') : 'internal'
  return type === 'Refused' ? 'refused' : type
}

/**
 * Inputs name their table as `table` or as a part; a step over many tables sees to each of them itself. A proof that
 * cannot be made stops nothing by itself: its verdict says so.
 */
function subjectOf(input: object): Subject | null {
  const { ref, table, part, proof } = input as { ref?: RunRef; table?: number; part?: Part; proof?: string }
  const one = proof === undefined ? (table ?? (part && 'table' in part ? part.table : undefined)) : undefined
  return ref === undefined ? null : { ref, tables: one === undefined ? [] : [one] }
}
