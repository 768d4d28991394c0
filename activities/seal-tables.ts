import { Failure } from '../core/failure.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { RunId } from '../core/run.js'
import { eachTable, statesOf } from './each-table.js'
import type { PartInput, Stopped } from './messages.js'
import { type Site, tablesOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * The last step of a table: its identity counter from the source as it is now, VACUUM (FREEZE, ANALYZE), and its rows
 * counted on the target against the ledger's. Only then is it `done`. A table that was stopped stays stopped, but
 * people may look at it: it is sealed too. Repeatable.
 */
export const sealTables = (tools: Tools) =>
  step(tools, 'sealTables', async ({ ref, part }: PartInput, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.enterPhase(ref.run, 'vacuum')
    const states = await statesOf(site, ref.run)
    const tables = await tablesOf(site, ref, part)
    const todo = tables.filter((table) => states.get(table.ordinal) !== 'done')
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
  // Counted after the vacuum: the visibility map makes it cheap then.
  const vacuumAndCount = async (): Promise<number> => {
    await site.target.vacuum(site.plan, table, signal)
    return await site.target.count(site.plan, table, signal)
  }
  const [rowsCounted, stats] = await Promise.all([
    vacuumAndCount(),
    site.ledger.chunkStats(run, table.ordinal),
    setCounter(),
  ])
  const proved = rowsCounted === stats.doneRows
  const state = proved && !stopped ? { state: 'done' as const } : {}
  await site.ledger.setTable(run, table.ordinal, { rowsCounted, doing: null, ...state })
  if (proved) return
  throw new Failure('rows-lost', `The ledger has ${stats.doneRows} rows, the target has ${rowsCounted}`, {
    table: table.source,
    remedy: 'Somebody else wrote to the table or emptied it: look for that, then start a new run.',
  })
}
