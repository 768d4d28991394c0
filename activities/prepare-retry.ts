import { consistencyOf } from '../core/config/consistency.js'
import { changedSincePlan } from '../core/plan/drift.js'
import type { Plan, PlannedTable } from '../core/plan/types.js'
import type { RunId } from '../core/run.js'
import { describeRun } from './describe-run.js'
import { changedFailure, noteMade } from './drifting.js'
import { isWhole } from './each-table.js'
import { stopTable } from './failing.js'
import type { PreparedRetry, RetryInput } from './messages.js'
import { bundlesOfRun, type Site, tableOf, wholeBundles } from './plans.js'
import { refuseBlocked, withSizes } from './prepare-run.js'
import { type Left, leftOf, referringTo, whyAgain } from './retrying.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Takes these tables of a run that ended up again, and no other: done chunks stay where the table is what it was, and else
 * it is dropped and made anew. Repeatable as long as no chunk was copied since; an attempt that is late changes nothing.
 */
export const prepareRetry = (tools: Tools) =>
  step(tools, 'prepareRetry', async ({ ref, tables: ordinals }: RetryInput, { signal }): Promise<PreparedRetry> => {
    const site = await tools.plans.siteOf(ref)
    const { source, target, ledger } = site
    const left = await leftOf(site, ref.run)
    // From here on the run is under way: whatever stops it now is how it ends.
    const passes = await ledger.reopenRun(ref.run)
    const [catalog, findings] = await Promise.all([
      source.catalog(signal),
      target.check(ref.migration, site.plan.target.schema),
    ])
    refuseBlocked(findings)
    const plan = withSizes(site.plan, catalog)
    const meant = new Set(ordinals)
    const anew = await noteMade(ledger, ref.run, plan, catalog, meant)
    await reset(site, ref.run, left, { passes, anew, tables: ordinals.map((ordinal) => tableOf(site, ordinal)) })
    const changed = changedSincePlan(plan, catalog).filter(({ ordinal }) => meant.has(ordinal))
    for (const { ordinal, what } of changed)
      await stopTable(ledger, ref.run, ordinal, changedFailure(plan, ordinal, what))
    await noteMade(ledger, ref.run, plan, catalog, meant)
    await target.buildSchema(plan, ref.run, signal, meant)
    await ledger.enterPhase(ref.run, 'clone')
    const bundles = wholeBundles(await bundlesOfRun(ledger, ref.run), meant)
    const bundled = new Set(bundles.flat())
    const big = ordinals.filter((ordinal) => !bundled.has(ordinal))
    const { onLost, holdMs } = consistencyOf(site.stored.config)
    const states = await ledger.tableStates(ref.run)
    return {
      ...describeRun(plan, { big, bundles }, new Set(changed.map(({ ordinal }) => ordinal))),
      stopped: states.filter(({ state }) => state === 'stopped').length,
      done: states.filter(({ state }) => state === 'done').length,
      referring: referringTo(plan, meant)
        .filter(({ ordinal }) => states.find(({ table }) => table === ordinal)?.state === 'done')
        .map(({ ordinal, source: name }) => ({ table: ordinal, name })),
      reading: { onLost, holdMs },
    }
  })

interface Resetting {
  readonly tables: readonly PlannedTable[]
  readonly passes: number
  /** Made anew in the source since they were read. */
  readonly anew: ReadonlySet<number>
}

async function reset(site: Site, run: RunId, left: Left, { tables, passes, anew }: Resetting): Promise<void> {
  const { ledger, plan, stored } = site
  const again = tables.filter((table) => whyAgain(left, plan, table, anew) !== null)
  const keeping = new Set<number>()
  for (const table of tables)
    if (!again.includes(table) && (await isWhole(site, run, table))) keeping.add(table.ordinal)
  await ledger.resetTables(run, {
    version: stored.number,
    passes,
    tables: tables.map(({ ordinal }) => ordinal),
    again: again.map(({ ordinal }) => ordinal),
    reading: tables.filter(({ ordinal }) => !keeping.has(ordinal)).map(({ ordinal }) => ordinal),
    objects: { schema: left.before.target.schema, names: namesOf(left.before, again) },
  })
}

/** What the version that made these tables called them, and their types. */
const namesOf = ({ tables }: Plan, again: readonly PlannedTable[]): string[] =>
  again.flatMap(({ ordinal }) => {
    const made = tables[ordinal]
    return made === undefined ? [] : [made.target, ...made.enums.map(({ name }) => name)]
  })
