import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common'

/** What can be told of a step or child that failed, without a word that is not ours. */
export interface Told {
  readonly kind: string
  readonly message: string
  readonly remedy: string | null
  /** The ledger has the failure already, and its tables are stopped. */
  readonly recorded: boolean
}

/** Looks through the wrappers of activities and children. */
export function tell(error: unknown): Told {
  const cause = innermost(error)
  if (cause instanceof ApplicationFailure) {
    const note = cause.details?.[0] as { remedy?: unknown; recorded?: unknown } | null | undefined
    return {
      kind: cause.type ?? 'internal',
      message: cause.message,
      remedy: typeof note?.remedy === 'string' ? note.remedy : null,
      recorded: note?.recorded === true,
    }
  }
  return { kind: 'internal', message: sentence(error, cause), remedy: null, recorded: false }
}

function innermost(error: unknown): unknown {
  const isWrapper = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure
  return isWrapper && error.cause !== undefined ? innermost(error.cause) : error
}

function sentence(outer: unknown, cause: unknown): string {
  const what = outer instanceof ActivityFailure ? `Step ${outer.activityType}` : 'The workflow'
  if (cause instanceof TimeoutFailure) return `${what} timed out again and again: its process died, or hangs`
  if (cause instanceof TerminatedFailure) return `${what} was terminated`
  return `${what} failed`
}

/** What an update answers with when it says no. A plain Error would fail the workflow task for ever. */
export function refused(message: string, remedy: string, type = 'Refused', details: object = {}): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [{ remedy, ...details }] })
}

/** Whatever a handler's work threw, as an update may throw it. */
export function asRefusal(error: unknown): ApplicationFailure {
  const cause = innermost(error)
  if (cause instanceof ApplicationFailure) {
    const { type, message, details } = cause
    return ApplicationFailure.create({ type: type ?? 'internal', message, nonRetryable: true, details: details ?? [] })
  }
  return refused(tell(error).message, "Look at the control worker's log.", 'internal')
}
