import type { SourceCatalog } from '../core/catalog.js'
import { Failure } from '../core/failure.js'
import type { LedgerPort } from '../core/ledger.js'
import { changedSincePlan } from '../core/plan/drift.js'
import type { Plan } from '../core/plan/types.js'
import { isParked, type RunId } from '../core/run.js'
import { stopTable } from './failing.js'
import type { Site } from './plans.js'

/** Tells the ledger which tables these are; returns those that took another's place since it was first told. */
export async function noteMade(
  ledger: LedgerPort,
  run: RunId,
  plan: Plan,
  catalog: SourceCatalog,
  only?: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const made = new Map(catalog.tables.map((table) => [table.name, table.made ?? '']))
  const known = plan.tables.flatMap(({ ordinal, source }) => {
    const of = made.get(source)
    return of && (only?.has(ordinal) ?? true) ? [{ table: ordinal, made: of }] : []
  })
  return new Set(await ledger.tablesMade(run, known))
}

/**
 * Compares the source's definitions with the plan's again: a table that was altered, or replaced, while it was read is
 * stopped, since its rows may be of two definitions. Some changes give no error where they are read (a column that
 * MariaDB adds instantly, a table renamed into another's place). `only`: the others are not looked at. Repeatable; returns
 * how many it stopped.
 */
export async function stopDrifted(
  { source, ledger, plan }: Site,
  run: RunId,
  only?: ReadonlySet<number>,
  signal?: AbortSignal,
): Promise<number> {
  const catalog = await source.catalog(signal)
  const states = new Map((await ledger.tableStates(run)).map(({ table, state }) => [table, state]))
  const changed = new Map(changedSincePlan(plan, catalog).map(({ ordinal, what }) => [ordinal, what]))
  for (const ordinal of await noteMade(ledger, run, plan, catalog, only))
    if (!changed.has(ordinal))
      changed.set(ordinal, `table ${plan.tables[ordinal]?.source} was made anew while it was read`)
  const isMeant = (ordinal: number): boolean => only?.has(ordinal) ?? true
  const found = [...changed].filter(
    ([ordinal]) => isMeant(ordinal) && states.has(ordinal) && !isParked(states.get(ordinal)),
  )
  for (const [ordinal, what] of found) await stopTable(ledger, run, ordinal, changedFailure(plan, ordinal, what))
  return found.length
}

export const changedFailure = (plan: Plan, ordinal: number, what: string): Failure =>
  new Failure('schema-changed', `The source's definition is not the plan's any more: ${what}`, {
    table: plan.tables[ordinal]?.source ?? '',
    remedy: 'Apply the config again, then `nightferry retry NAME --table TABLE`, or a new run (`nightferry run FILE`).',
  })
