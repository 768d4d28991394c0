import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { Failure, type FailureRecord, HOLDS_ALL } from '../core/failure.js'
import type { LedgerPort } from '../core/ledger.js'
import type { RunId } from '../core/run.js'
import { isLastAttempt } from '../core/retry.js'
import type { Subject } from './step.js'
import type { Tools } from './tools.js'

/** What a failure carries through Temporal: names and remedies, never keys or values. */
export interface FailureNote {
  readonly table: string | null
  readonly column: string | null
  readonly remedy: string
  /** The ledger has it, with its private part, and its tables are stopped. */
  readonly recorded: boolean
}

/**
 * What the engine gets for an error: retryable as long as the policy says so, else written to the ledger first. Where
 * the ledger cannot be written, `recorded` is false and the workflow parks the tables with a step of its own.
 */
export async function asTemporalFailure(
  tools: Tools,
  name: string,
  error: unknown,
  attempt: number,
  subject: Subject | null,
): Promise<ApplicationFailure | CancelledFailure> {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error
  const failure = asFailure(error, name)
  const last = isFinal(error, attempt)
  tools.log(last ? 'step failed' : 'step failed, will be tried again', {
    step: name,
    attempt,
    run: subject?.ref.run,
    kind: failure.kind,
    reason: failure.message,
    ...(error instanceof Failure ? {} : { stack: stackOf(error) }),
  })
  const recorded = endsTable(error, attempt) && subject !== null && (await record(tools, subject, failure))
  return toApplicationFailure(failure, { retryable: !last, recorded })
}

/** Whether an error of this attempt (from 1) will not be tried again. */
export const isFinal = (error: unknown, attempt: number): boolean => {
  if (!(error instanceof Failure)) return isLastAttempt('unforeseen', attempt)
  return isLastAttempt(HOLDS_ALL[error.kind] === 'itself' ? 'away' : error.policy, attempt)
}

/**
 * Whether an error of this attempt stops the table at hand for good. A lost snapshot, or a failure that holds the whole
 * run, says nothing about it: the run reads it another way, starts again, or waits.
 */
export const endsTable = (error: unknown, attempt: number): boolean =>
  isFinal(error, attempt) &&
  !(error instanceof Failure && (error.kind === 'snapshot-lost' || HOLDS_ALL[error.kind] !== undefined))

export function toApplicationFailure(
  failure: Failure,
  options: { retryable: boolean; recorded: boolean },
): ApplicationFailure {
  const { table, column, remedy } = failure.details
  const note: FailureNote = { table: table ?? null, column: column ?? null, remedy, recorded: options.recorded }
  return ApplicationFailure.create({
    type: failure.kind,
    message: failure.message,
    nonRetryable: !options.retryable,
    details: [note],
  })
}

/**
 * Does what nothing but its success, or a cancellation, may end: whatever it throws, of whichever attempt, is tried again.
 * For steps whose options count no attempts.
 */
export async function asLongAsItTakes<T>(tools: Tools, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = asFailure(error, name)
    tools.log('step failed, will be tried again', {
      ...{ step: name, kind: failure.kind, reason: failure.message },
      ...(error instanceof Failure ? {} : { stack: stackOf(error) }),
    })
    throw toApplicationFailure(failure, { retryable: true, recorded: false })
  }
}

/** An error nobody foresaw may hold anything, so its message stays private. */
export function asFailure(error: unknown, name: string): Failure {
  if (error instanceof Failure) return error
  const what = error instanceof Error ? error.name : typeof error
  return new Failure(
    'internal',
    `An unexpected error (${what}) in ${name}`,
    {
      remedy: "Look at the worker's log; the report has the error's own words. This is a bug of Nightferry.",
      private: { reason: error instanceof Error ? error.message : String(error) },
    },
    { cause: error },
  )
}

export const asRecord = (failure: Failure): FailureRecord => ({
  kind: failure.kind,
  message: failure.message,
  remedy: failure.details.remedy,
  column: failure.details.column ?? null,
  key: failure.details.private?.key ?? null,
  reason: failure.details.private?.reason ?? null,
})

/** Writes a failure down and stops its table: the others go on. Repeated, it stands there twice. */
export async function stopTable(ledger: LedgerPort, run: RunId, table: number, failure: Failure): Promise<void> {
  await ledger.addFailure(run, table, asRecord(failure))
  await ledger.setTable(run, table, { state: 'stopped', doing: null })
}

async function record(tools: Tools, subject: Subject, failure: Failure): Promise<boolean> {
  try {
    const { connection, database } = subject.ref.target
    const { ledger } = await tools.ports.target(connection, database)
    for (const table of subject.tables) await stopTable(ledger, subject.ref.run, table, failure)
    return subject.tables.length > 0
  } catch (error) {
    const kind = error instanceof Failure ? error.kind : 'internal'
    tools.log('the ledger could not be written', { run: subject.ref.run, kind })
    return false
  }
}

/** Where, without the message, which may hold values. */
const stackOf = (error: unknown): string[] =>
  error instanceof Error
    ? (error.stack ?? '')
        .split('\n')
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 6)
    : []
