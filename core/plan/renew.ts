import { Failure } from '../failure.js'
import { buildPlan, type PlanInput } from './build-plan.js'
import { BEYOND, leansOn, stillAsked } from './decisions.js'
import type { Plan } from './types.js'

/** A decision that tonight's data does not bear any more: its table waits for a person. Without values: it goes through Temporal. */
export interface BrokenDecision {
  /** Of the table, in the renewed plan. */
  readonly ordinal: number
  /** The source's name. */
  readonly column: string
  /** `tinyint(1) became boolean, and holds values other than 0, 1 and NULL now: by them it would be smallint`. */
  readonly what: string
}

export interface Renewed {
  readonly plan: Plan
  readonly broken: readonly BrokenDecision[]
}

/**
 * Tonight's plan under a config that is applied already: tables, columns, types and indexes as they are in the source now,
 * but what the data decided once stays decided for columns whose type is the same. An answer that is wider than it need be
 * stays as well; one that is too narrow for tonight's data is broken, and keeps its cast, so that no application's schema
 * changes overnight. The same input gives the same.
 */
export function renew(applied: Plan, input: PlanInput): Renewed {
  const fresh = buildPlan(input)
  const plan = buildPlan({ ...input, kept: stillAsked(applied, input.catalog) })
  return { plan, broken: brokenBetween(plan, fresh) }
}

function brokenBetween(plan: Plan, fresh: Plan): BrokenDecision[] {
  // Both answer the same questions, in the same order.
  const narrow = plan.decisions.filter(({ answer }, i) => answer && fresh.decisions[i]?.answer === false)
  return narrow.flatMap(({ table: name, column: source, question }) => {
    const table = plan.tables.find((one) => one.source === name)
    const column = table?.columns.find((one) => one.source === source)
    if (!table || !column || !leansOn(column, question)) return []
    const to = fresh.tables[table.ordinal]?.columns.find((one) => one.source === source)?.cast.to ?? column.cast.to
    const what = `${column.cast.from} became ${column.cast.to}, and holds ${BEYOND[question]} now: by them it would be ${to}`
    return [{ ordinal: table.ordinal, column: source, what }]
  })
}

/** Why a broken decision stops its table, and what a person does about it. */
export function brokenFailure(plan: Plan, { ordinal, column, what }: BrokenDecision): Failure {
  const table = plan.tables[ordinal]?.source ?? ''
  return new Failure('decision-broken', `A decision does not hold any more: ${table}.${column}, ${what}`, {
    table,
    column,
    remedy:
      'Apply the config again (`nightferry apply FILE`), which decides by the data of now, ' +
      `or correct the source, or say it yourself under casts: {column: ${table}.${column}, to: ...}.`,
  })
}
