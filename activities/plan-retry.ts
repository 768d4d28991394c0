import { Failure } from '../core/failure.js'
import { compareTables } from '../core/plan/compare-tables.js'
import type { Plan, PlannedTable } from '../core/plan/types.js'
import { isParked, type RunId } from '../core/run.js'
import { storeVersion } from './build-aside.js'
import { isWhole } from './each-table.js'
import type { RunRef } from './messages.js'
import type { Site } from './plans.js'
import { type Left, leftOf, referringTo, type RowsOf, runOfRows, whyAgain } from './retrying.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface PlanRetryInput {
  readonly migration: string
  readonly run: RunId
  /** Under which the run is to go on: the newest. */
  readonly version: number
  readonly target: RunRef['target']
  /** However they are spelled; null: every table that is not done, but those that a person set aside. */
  readonly names: readonly string[] | null
  /** Absent, as an older release asks: `own`. */
  readonly rows?: RowsOf
}

export interface PlannedRetry {
  /** Which is taken up; absent: an older release said so, of the one that was asked for. */
  readonly run?: RunId
  /** By the source's name. */
  readonly tables: readonly { readonly name: string; readonly ordinal: number }[]
  /** What begins again from its first row, and why; null: nothing does. */
  readonly again: string | null
  readonly total: number
}

/** Named in a sentence, which travels through Temporal. */
const NAMED = 5

/**
 * Which tables a retry takes up, and what of them is done again. Refuses, and changes nothing, where the run's rows are
 * not those of the target any more, or where tables that nobody named would have to be done again: the version changes them, or
 * the target has them no more.
 */
export const planRetry = (tools: Tools) =>
  step(tools, 'planRetry', async (input: PlanRetryInput): Promise<PlannedRetry> => {
    const { migration, version, target, names, rows = 'own' } = input
    const ref = { migration, run: input.run, version, target }
    refusePublished(ref)
    // What is built aside has a ledger of its own, which does not know what was applied since.
    if (target.published !== undefined) await storeVersion(tools, ref)
    const site = await tools.plans.siteOf(ref)
    const run = await runOfRows(site.target, ref, rows)
    const left = await leftOf(site, run)
    if (!left.isNewest)
      throw refused(`The rows in the target are not those of run ${run}`, 'Start a new run: `nightferry run NAME`.')
    refuseOthers(site, left, { run, version })
    const chosen = names === null ? unfinished(site.plan, left) : names.map((name) => named(site.plan, left, name))
    if (chosen.length === 0)
      throw refused(`Run ${run} has no table to retry: each is done or skipped`, 'Name a skipped one: `--table NAME`.')
    const ordinals = new Set(chosen.map(({ ordinal }) => ordinal))
    refuseTouched(site.plan, left, ordinals, version)
    for (const { ordinal } of await waitingFor(site, left, run, ordinals)) ordinals.add(ordinal)
    refuseGone(site.plan, left, ordinals, names === null ? chosen : [])
    const tables = site.plan.tables.filter(({ ordinal }) => ordinals.has(ordinal))
    return {
      run,
      tables: tables.map(({ source, ordinal }) => ({ name: source, ordinal })),
      again: againOf(site.plan, left, tables),
      total: site.plan.tables.length,
    }
  })

/** Its tables would be emptied before the eyes of those who read them. */
function refusePublished({ migration, run, target }: RunRef): void {
  if (target.published === undefined || target.database !== target.published) return
  throw refused(
    `Run ${run} is what people read as ${target.published}: tables of it are not made anew`,
    `Start a new run, which is built aside: \`nightferry run FILE\`; or mend single rows: \`nightferry repair ${migration}\`.`,
  )
}

const unfinished = (plan: Plan, { states }: Left): PlannedTable[] =>
  plan.tables.filter(({ ordinal }) => states.get(ordinal) !== 'done' && states.get(ordinal) !== 'skipped')

function named(plan: Plan, left: Left, name: string): PlannedTable {
  const table = plan.tables.find((t) => t.source === name) ?? plan.tables.find((t) => t.target === name)
  if (table === undefined) throw refused(`There is no table ${name}`, '`nightferry report NAME` lists them.')
  const changed = compareTables(left.before, plan).changed.has(table.source)
  if (left.states.get(table.ordinal) === 'done' && !changed && left.made.has(table.target))
    throw refused(`${table.source} is done: there is nothing to retry`, 'A new run copies everything again.')
  return table
}

function refuseOthers({ plan }: Site, left: Left, { run, version }: Pick<PlanRetryInput, 'run' | 'version'>): void {
  const { all } = compareTables(left.before, plan)
  if (all === null) return
  throw refused(
    `Run ${run} cannot go on under version ${version} (${all}): everything must be done again`,
    'Start a new run: `nightferry run NAME`.',
  )
}

/** A version that casts other tables anew cannot be what their rows are of. */
function refuseTouched(plan: Plan, left: Left, ordinals: ReadonlySet<number>, version: number): void {
  const { changed } = compareTables(left.before, plan)
  const touched = plan.tables.filter(({ ordinal, source }) => changed.has(source) && !ordinals.has(ordinal))
  if (touched.length === 0) return
  const what = listed(touched.map(({ source }) => `${source} (${changed.get(source)})`))
  throw refused(
    `Version ${version} also changes tables that must be done again then: ${what}`,
    `Name them too: ${options(touched.slice(0, NAMED))}; or start a new run.`,
  )
}

const options = (tables: readonly PlannedTable[]): string => tables.map(({ source }) => `--table ${source}`).join(' ')

/** What is done and was dropped or renamed since: the run would be complete without it. `others`: meant, and not named. */
function refuseGone(plan: Plan, left: Left, ordinals: ReadonlySet<number>, others: readonly PlannedTable[]): void {
  const gone = plan.tables.filter(
    ({ ordinal, target }) => left.states.get(ordinal) === 'done' && !ordinals.has(ordinal) && !left.made.has(target),
  )
  if (gone.length === 0) return
  throw refused(
    `Tables that are done are not in the target any more: ${listed(gone.map(({ source }) => source))}`,
    `Put them back under their names, or have them copied again too: ${options([...others, ...gone].slice(0, NAMED))}; or start a new run.`,
  )
}

/** Tables that have their rows and only stopped since a foreign key of theirs refers to one of these. */
async function waitingFor(
  site: Site,
  { states, report }: Left,
  run: RunId,
  ordinals: ReadonlySet<number>,
): Promise<PlannedTable[]> {
  const waiting = []
  for (const table of referringTo(site.plan, ordinals)) {
    const failures = report.tables.find((one) => one.table === table.source)?.failures ?? []
    const isWaiting = failures.length > 0 && failures.every(({ kind }) => kind === 'object-refused')
    if (states.get(table.ordinal) === 'stopped' && isWaiting && (await isWhole(site, run, table))) waiting.push(table)
  }
  return waiting
}

/** Only of tables that have been worked on: those that never began have nothing to do again. */
function againOf(plan: Plan, left: Left, tables: readonly PlannedTable[]): string | null {
  const again = tables.flatMap((table) => {
    const why = whyAgain(left, plan, table, new Set())
    const state = left.states.get(table.ordinal)
    return why === null || !(isParked(state) || state === 'done') ? [] : [`${table.source}: ${why}`]
  })
  return again.length === 0 ? null : `Copied again from the first row: ${listed(again)}`
}

function listed(all: readonly string[]): string {
  const more = all.length > NAMED ? [`${all.length - NAMED} more`] : []
  return [...all.slice(0, NAMED), ...more].join('; ')
}

const refused = (message: string, remedy: string): Failure => new Failure('refused', message, { remedy })
