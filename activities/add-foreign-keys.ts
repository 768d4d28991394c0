import { Failure } from '../core/failure.js'
import type { PlannedForeignKey, PlannedTable } from '../core/plan/types.js'
import { isParked, type RunId, type TableState } from '../core/run.js'
import { eachTable, isWhole, statesOf } from './each-table.js'
import type { RunInput, RunRef, Stopped } from './messages.js'
import { type Site, tableOf } from './plans.js'
import { referringTo } from './retrying.js'
import { type Attempt, step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Adds every table's foreign keys, checks and comments, NOT VALID: one step for the run, since each takes a
 * millisecond, and two at a time would wait for each other's locks. Of a retry: those of its tables, and of others to
 * them. Repeatable.
 */
export const addForeignKeys = (tools: Tools) =>
  step(tools, 'addForeignKeys', async ({ ref, tables }: RunInput, attempt): Promise<Stopped> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.enterPhase(ref.run, 'constraints')
    const states = await statesOf(site, ref.run)
    const missing = await tablesWithoutRows(site, ref.run, states)
    const skipped = new Set(
      site.plan.tables.filter(({ ordinal }) => states.get(ordinal) === 'skipped').map(({ target }) => target),
    )
    const meant = tables === undefined ? site.plan.tables : tables.map((ordinal) => tableOf(site, ordinal))
    const todo = meant.filter((table) => !missing.has(table.target))
    const well = await eachTable(site, ref.run, todo, attempt, async (table) => {
      const { possible, impossible } = split(table, missing)
      await site.target.addForeignKeys(site.plan, { ...table, foreignKeys: possible }, attempt.signal)
      // What a person has set aside is not carried, and a key to it neither.
      const waiting = impossible.find(({ referencedTable }) => !skipped.has(referencedTable))
      if (waiting) throw waitsFor(table, waiting)
    })
    return {
      stopped: todo.length - well.length + (tables === undefined ? 0 : await restore(site, ref, tables, attempt)),
    }
  })

/** Foreign keys of other tables to these: they went where these were made anew. Returns how many tables that stopped. */
async function restore(site: Site, { run }: RunRef, tables: readonly number[], attempt: Attempt): Promise<number> {
  const ordinals = new Set(tables)
  const targets = new Set(tables.map((ordinal) => tableOf(site, ordinal).target))
  const states = await statesOf(site, run)
  const missing = await tablesWithoutRows(site, run, states)
  const todo = referringTo(site.plan, ordinals).filter(({ ordinal }) => states.get(ordinal) === 'done')
  const well = await eachTable(site, run, todo, attempt, async (table) => {
    const foreignKeys = table.foreignKeys.filter(({ referencedTable: to }) => targets.has(to) && !missing.has(to))
    const columns = table.columns.map((column) => ({ ...column, comment: '' }))
    await site.target.addForeignKeys(
      site.plan,
      { ...table, foreignKeys, columns, comment: '', checks: [] },
      attempt.signal,
    )
  })
  return todo.length - well.length
}

/** Target names of the tables that stopped, or were set aside, before all their rows were there. */
async function tablesWithoutRows(
  site: Site,
  run: RunId,
  states: ReadonlyMap<number, TableState>,
): Promise<Set<string>> {
  const stopped = site.plan.tables.filter((table) => isParked(states.get(table.ordinal)))
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
    remedy: `Make ${key.referencedTable} whole: its \`retry\` adds the key.`,
  })
