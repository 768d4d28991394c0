import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { RunId } from '../../core/run.js'
import { qualified } from './quote.js'
import type { Target } from './target.js'

type Step = 'indexes' | 'constraints' | 'vacuum'

/** Runs one step and adds its seconds to the table's in the ledger of the run that made the table. */
export async function timed(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  step: Step,
  work: () => Promise<unknown>,
): Promise<void> {
  const started = performance.now()
  try {
    await work()
  } finally {
    const seconds = (performance.now() - started) / 1000
    const run = await runOf(target, plan, table).catch(() => null)
    // The work is done or has an error of its own, which counts for more than this number.
    if (run !== null) await target.ledger.addSeconds(run, table.ordinal, step, seconds).catch(() => {})
  }
}

/** The run whose mark the table carries; null for a table that is not ours. */
async function runOf(target: Target, plan: Plan, table: PlannedTable): Promise<RunId | null> {
  const { rows } = await target.pool.query<{ run: RunId }>(
    `SELECT run FROM nightferry.object WHERE kind = 'table' AND oid = to_regclass($1)`,
    [qualified(plan.target.schema, table.target)],
  )
  return rows[0]?.run ?? null
}
