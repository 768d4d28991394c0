import { isCancellation } from '@temporalio/workflow'
import type { Part, RunRef } from '../activities/messages.js'
import { tell } from './failures.js'
import { BRIEF, data, named } from './steps.js'

/**
 * Makes sure that the ledger knows a failure and its tables are stopped; most steps have seen to it themselves. A
 * ledger that cannot be written now does not matter: a table that is not `done` makes the run incomplete anyway.
 */
export async function park(ref: RunRef, part: Part, error: unknown): Promise<void> {
  const { recorded, message } = tell(error)
  if (recorded) return
  try {
    await named(data.parkTables, message, { ref, part, message }, BRIEF)
  } catch (failed) {
    if (isCancellation(failed)) throw failed
  }
}
