import type { PlannedTable } from '../core/plan/types.js'
import type { RunId, TableState } from '../core/run.js'
import { asFailure, stopTable } from './failing.js'
import type { Site } from './plans.js'
import type { Attempt } from './step.js'

/** The states of these tables, by ordinal. */
export async function statesOf(site: Site, run: RunId): Promise<Map<number, TableState>> {
  const states = await site.ledger.tableStates(run)
  return new Map(states.map(({ table, state }) => [table, state]))
}

/**
 * Does one thing to each table in turn. A table that fails for good is stopped and written down, and the next one
 * follows; what is worth another attempt ends the step. Returns the tables that did not fail.
 */
export async function eachTable(
  site: Site,
  run: RunId,
  tables: readonly PlannedTable[],
  { signal, beat, endsTable }: Attempt,
  work: (table: PlannedTable) => Promise<void>,
): Promise<PlannedTable[]> {
  const well: PlannedTable[] = []
  for (const [i, table] of tables.entries()) {
    signal.throwIfAborted()
    beat({ tables: i, of: tables.length })
    try {
      await work(table)
      well.push(table)
    } catch (error) {
      if (!endsTable(error)) throw error
      await stopTable(site.ledger, run, table.ordinal, asFailure(error, table.source))
    }
  }
  return well
}

/** Whether all rows of a table are in the target: a table stopped later than that still gets the rest. */
export async function isWhole(site: Site, run: RunId, table: PlannedTable): Promise<boolean> {
  const stats = await site.ledger.chunkStats(run, table.ordinal)
  return stats.complete && stats.doneChunks === stats.chunks
}
