import { Failure } from '../core/failure.js'
import type { PlannedForeignKey, PlannedTable } from '../core/plan/types.js'
import type { RunId } from '../core/run.js'
import { eachTable, isWhole, statesOf } from './each-table.js'
import type { RunRef, Stopped } from './messages.js'
import type { Site } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Adds every table's foreign keys, checks and comments, NOT VALID: one step for the run, since each takes a
 * millisecond, and two at a time would wait for each other's locks. Repeatable.
 */
export const addForeignKeys = (tools: Tools) =>
  step(tools, 'addForeignKeys', async ({ ref }: { ref: RunRef }, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.enterPhase(ref.run, 'constraints')
    const missing = await tablesWithoutRows(site, ref.run)
    const todo = site.plan.tables.filter((table) => !missing.has(table.target))
    const well = await eachTable(site, ref.run, todo, attempt, async (table) => {
      const { possible, impossible } = split(table, missing)
      await site.target.addForeignKeys(site.plan, { ...table, foreignKeys: possible })
      if (impossible[0]) throw waitsFor(table, impossible[0])
    })
    return { stopped: todo.length - well.length }
  })

/** Target names of the tables that stopped before all their rows were there. */
async function tablesWithoutRows(site: Site, run: RunId): Promise<Set<string>> {
  const states = await statesOf(site, run)
  const stopped = site.plan.tables.filter((table) => states.get(table.ordinal) === 'stopped')
  const missing = new Set<string>()
  for (const table of stopped) if (!(await isWhole(site, run, table))) missing.add(table.target)
  return missing
}

/** A key that refers to a table whose rows are missing would only report them all as orphans. */
function split(table: PlannedTable, missing: ReadonlySet<string>) {
  const isPossible = (key: PlannedForeignKey): boolean => !missing.has(key.referencedTable)
  return {
    possible: table.foreignKeys.filter(isPossible),
    impossible: table.foreignKeys.filter((key) => !isPossible(key)),
  }
}

const waitsFor = (table: PlannedTable, key: PlannedForeignKey): Failure =>
  new Failure('object-refused', `Foreign key ${key.target} refers to ${key.referencedTable}, which was stopped`, {
    table: table.source,
    remedy: `Make ${key.referencedTable} whole first; the next run adds the key.`,
  })
