import { isCancellation } from '@temporalio/workflow'
import type { Part, RunRef } from '../activities/messages.js'
import { type FailureKind, HOLDS_ALL } from '../core/failure.js'
import type { Trouble } from '../core/hold.js'
import { tell, type Told } from './failures.js'
import { Held, type Halt } from './halt.js'
import { BRIEF, data, named } from './steps.js'

interface Where {
  readonly ref: RunRef
  readonly halt: Halt
}

/**
 * Makes sure that the ledger knows a failure and its tables are stopped; most steps have seen to it themselves. A
 * ledger that cannot be written now does not matter: a table that is not `done` makes the run incomplete anyway. A
 * failure that says nothing of the table holds the whole run instead: `Held`.
 */
export async function park({ ref, halt }: Where, part: Part, error: unknown): Promise<void> {
  const told = tell(error)
  const trouble = troubleOf(told)
  if (trouble !== null) {
    halt.trouble(trouble)
    throw new Held()
  }
  const { recorded, message } = told
  if (recorded) return
  try {
    await named(data.parkTables, message, { ref, part, message }, BRIEF)
  } catch (failed) {
    if (isCancellation(failed)) throw failed
  }
}

/** The same, as a word: `again` where it holds the run, and the step is to be done again. */
export async function parked(where: Where, part: Part, error: unknown): Promise<'stopped' | 'again'> {
  try {
    await park(where, part, error)
    return 'stopped'
  } catch (held) {
    if (held instanceof Held) return 'again'
    throw held
  }
}

/** Null: the failure is of the thing at hand, and the others go on. */
export function troubleOf({ kind, message, remedy }: Told): Trouble | null {
  const until = HOLDS_ALL[kind as FailureKind]
  if (until === undefined) return null
  return { kind, message, remedy: remedy ?? 'Mend it, then resume.', liftsItself: until === 'itself' }
}
