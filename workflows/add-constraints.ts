import type { RunCursor, RunInput, StepEnd } from './run.js'
import type { Show } from './show-run.js'
import { data, named } from './steps.js'

/** Foreign keys, checks and comments of all tables, NOT VALID; nothing at all where the plan has none. */
export async function addConstraints({ ref }: RunInput, cursor: RunCursor, show: Show): Promise<StepEnd> {
  if (!cursor.prepared.constraints) return 'done'
  show.enter('constraints')
  const { stopped } = await named(data.addForeignKeys, 'foreign keys, checks and comments, not yet validated', { ref })
  cursor.stopped += stopped
  return 'done'
}
