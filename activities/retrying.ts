import { Failure, type FailureKind } from '../core/failure.js'
import { compareTables } from '../core/plan/compare-tables.js'
import type { Plan, PlannedTable } from '../core/plan/types.js'
import type { TargetPort } from '../core/ports.js'
import type { RunReport } from '../core/report.js'
import type { RunId, TableState } from '../core/run.js'
import { refuseUnread } from './locate-run.js'
import type { RunRef } from './messages.js'
import type { Site } from './plans.js'

/**
 * After these the rows that were copied are not the ones to keep: what mends them is other rows in the source. After all
 * others what is done stays.
 */
const ROWS_ARE_WRONG: Readonly<Partial<Record<FailureKind, string>>> = {
  'schema-changed': 'its definition changed while it was read',
  'constraint-violated': 'its rows broke a constraint',
  'not-equal': 'its proof found other rows than were copied',
  'rows-lost': 'rows of it were lost',
}

/** What the ledger and the target have of a run that may be taken up again. */
export interface Left {
  readonly before: Plan
  readonly report: RunReport
  readonly states: ReadonlyMap<number, TableState>
  /** Names of the run's own tables that are in the target. */
  readonly made: ReadonlySet<string>
  /** All of ours there is the run's: its rows are what the target has. */
  readonly isNewest: boolean
}

export async function leftOf({ ledger }: Pick<Site, 'ledger'>, run: RunId): Promise<Left> {
  const report = await ledger.report(run)
  const { plan } = await ledger.version(report.summary.version)
  const states = new Map((await ledger.tableStates(run)).map(({ table, state }) => [table, state]))
  const all = await ledger.madeInTarget()
  const own = all.filter((one) => one.run === run || one.run === '')
  return {
    before: plan,
    report,
    states,
    made: new Set(own.map(({ name }) => name)),
    isNewest: own.length > 0 && own.length === all.length,
  }
}

/** Of whichever run the target has rows, or of the one that was named and of no other. */
export type RowsOf = 'newest' | 'own'

/**
 * The run to go on with: a run that ended before it made its first table has left the rows of the one before. Refuses one
 * that was named and whose rows are gone. Where the target has nothing of ours, what was asked for stands, if it read anything.
 */
export async function runOfRows(
  target: TargetPort,
  { migration, run }: Pick<RunRef, 'migration' | 'run'>,
  rows: RowsOf,
): Promise<RunId> {
  const made = new Set((await target.ledger.madeInTarget()).map((one) => one.run).filter((one) => one !== ''))
  const [own] = made
  if (own === undefined) await refuseUnread(target, migration, run)
  if (own === undefined || made.has(run)) return run
  if (rows === 'newest') return own
  throw new Failure('refused', `The rows in the target are not those of run ${run}, but of run ${own}`, {
    remedy: `Ask for that one: \`--run ${own}\`; or start a new run.`,
  })
}

/** Why a table begins again from its first row; null: its done chunks stay. `madeAnew`: of those in the source. */
export function whyAgain(left: Left, after: Plan, table: PlannedTable, madeAnew: ReadonlySet<number>): string | null {
  const changed = compareTables(left.before, after).changed.get(table.source)
  if (changed !== undefined) return `the version changes it (${changed})`
  const failures = left.report.tables.find((one) => one.table === table.source)?.failures ?? []
  const wrong = failures.flatMap(({ kind }) => ROWS_ARE_WRONG[kind] ?? [])[0]
  if (wrong !== undefined) return wrong
  if (madeAnew.has(table.ordinal)) return 'it was made anew in the source'
  return left.made.has(table.target) ? null : 'it is not in the target'
}

/** Tables whose foreign keys refer to one of these. */
export function referringTo(plan: Plan, ordinals: ReadonlySet<number>): PlannedTable[] {
  const targets = new Set([...ordinals].flatMap((ordinal) => plan.tables[ordinal]?.target ?? []))
  return plan.tables.filter(
    ({ ordinal, foreignKeys }) =>
      !ordinals.has(ordinal) && foreignKeys.some(({ referencedTable }) => targets.has(referencedTable)),
  )
}
