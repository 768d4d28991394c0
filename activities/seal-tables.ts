import type { PlannedTable } from '../core/plan/types.js'
import type { RunId } from '../core/run.js'
import { eachTable, statesOf } from './each-table.js'
import type { PartInput, Stopped } from './messages.js'
import { type Site, tablesOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * A table's identity counter from the source as it is now, and VACUUM (FREEZE, ANALYZE): what its proof reads is in
 * order then. A table that was stopped stays stopped, but people may look at it: it is sealed too, and its rows counted.
 * Repeatable.
 */
export const sealTables = (tools: Tools) =>
  step(tools, 'sealTables', async ({ ref, part }: PartInput, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.enterPhase(ref.run, 'vacuum')
    const states = await statesOf(site, ref.run)
    const tables = await tablesOf(site, ref, part)
    const todo = tables.filter(
      (table) => states.get(table.ordinal) !== 'done' && states.get(table.ordinal) !== 'skipped',
    )
    const well = await eachTable(site, ref.run, todo, attempt, (table) =>
      seal(site, ref.run, table, states.get(table.ordinal) === 'stopped', attempt.signal),
    )
    return { stopped: todo.length - well.length }
  })

async function seal(site: Site, run: RunId, table: PlannedTable, stopped: boolean, signal: AbortSignal): Promise<void> {
  const setCounter = async (): Promise<void> => {
    const next = table.identity === null ? null : await site.source.nextIdentity(table)
    if (next !== null) await site.target.setIdentity(site.plan, table, next)
  }
  await Promise.all([site.target.vacuum(site.plan, table, signal), setCounter()])
  if (!stopped && !site.undigested) return await site.ledger.setTable(run, table.ordinal, { doing: null })
  const rowsCounted = await site.target.count(site.plan, table, signal)
  const state = stopped ? {} : { state: 'done' as const }
  await site.ledger.setTable(run, table.ordinal, { rowsCounted, doing: null, ...state })
}
