import type { PlannedTable } from '../core/plan/types.js'
import { isParked } from '../core/run.js'
import { eachTable, statesOf } from './each-table.js'
import { enterIndexesWhenCopied } from './indexing.js'
import type { PartInput, Stopped } from './messages.js'
import { type Site, tablesOf } from './plans.js'
import { type Attempt, step } from './step.js'
import type { Tools } from './tools.js'

/** Makes primary keys and indexes of a bundle's tables, one after another: each takes milliseconds. Repeatable. */
export const indexBundle = (tools: Tools) =>
  step(tools, 'indexBundle', async ({ ref, part }: PartInput, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    await enterIndexesWhenCopied(site, ref.run)
    const tables = await tablesOf(site, ref, part)
    const states = await statesOf(site, ref.run)
    const todo = tables.filter((table) => !isParked(states.get(table.ordinal)))
    const well = await eachTable(site, ref.run, todo, attempt, (table) => indexTable(site, table, attempt))
    await site.ledger.setTables(
      ref.run,
      well.map((table) => table.ordinal),
      { state: 'indexed' },
    )
    return { stopped: todo.length - well.length }
  })

/** All of them even if one is refused: the first refusal is thrown at the end. */
async function indexTable(site: Site, table: PlannedTable, { signal, endsTable }: Attempt): Promise<void> {
  const refused: unknown[] = []
  const build = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!endsTable(error)) throw error
      refused.push(error)
    }
  }
  if (table.primaryKey !== null) await build(() => site.target.buildPrimaryKey(site.plan, table, signal))
  for (const i of table.indexes.keys()) await build(() => site.target.buildIndex(site.plan, table, i, signal))
  if (refused.length > 0) throw refused[0]
}
