import type { SourceCatalog } from '../catalog.js'
import type { Decision, Plan, PlannedColumn } from './types.js'

/** The same question about the same column. */
const idOf = ({ table, column, question }: Decision): string => JSON.stringify([table, column, question])

/** Decisions of tonight, but those that were made before as they were made. */
export function keeping(fresh: readonly Decision[], kept: readonly Decision[]): Decision[] {
  const known = new Map(kept.map((decision) => [idOf(decision), decision]))
  return fresh.map((decision) => known.get(idOf(decision)) ?? decision)
}

/** What the data decided about columns that are still of the type that it was decided for. */
export function stillAsked(applied: Plan, catalog: SourceCatalog): Decision[] {
  const was = castsFrom(applied)
  const is = new Map(
    catalog.tables.flatMap(({ name, columns }) =>
      columns.map((column) => [placeOf(name, column.name), column.type.declared] as const),
    ),
  )
  return applied.decisions.filter(({ table, column }) => {
    const place = placeOf(table, column)
    return was.has(place) && was.get(place) === is.get(place)
  })
}

const castsFrom = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(plan.tables.flatMap(({ source, columns }) => columns.map((c) => [placeOf(source, c.source), c.cast.from])))

const placeOf = (table: string, column: string): string => JSON.stringify([table, column])

/** Whether a column's cast leans on the answer: one that a foreign key's other end made wider holds what comes. */
export function leansOn({ cast }: PlannedColumn, question: Decision['question']): boolean {
  switch (question) {
    case 'boolean':
      return cast.encoding.as === 'boolean'
    case 'fits-bigint':
      return cast.to === 'bigint'
    case 'within-a-day':
      return cast.encoding.as === 'time'
  }
}

/** What a column holds that its type does not, without a value. */
export const BEYOND: Readonly<Record<Decision['question'], string>> = {
  boolean: 'values other than 0, 1 and NULL',
  'fits-bigint': 'values, or a counter, beyond bigint',
  'within-a-day': 'values outside 24 hours',
}
