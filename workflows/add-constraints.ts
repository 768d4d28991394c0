import type { StepEnd } from './each-of.js'
import { holding } from './holding.js'
import type { Pass } from './pass.js'
import { onlyOf } from './retried.js'
import { data, named } from './steps.js'

/** Foreign keys, checks and comments of all tables, NOT VALID; nothing at all where the plan has none. */
export async function addConstraints({ ref, cursor, halt, show }: Pass): Promise<StepEnd> {
  if (!cursor.prepared.constraints) return 'done'
  show.enter('constraints')
  const { stopped } = await holding(halt, () =>
    named(data.addForeignKeys, 'foreign keys, checks and comments, not yet validated', { ref, ...onlyOf(cursor) }),
  )
  cursor.stopped += stopped
  return 'done'
}
