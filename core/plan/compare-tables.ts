import { comparePlans } from './compare.js'
import type { Plan, PlannedTable } from './types.js'

/** What two versions make otherwise, for a run that is to go on under the later one. */
export interface TablesCompared {
  /** By the source's name: what is other, as `apply` names it (`column orders.flags`). Tables that are not here are alike. */
  readonly changed: ReadonlyMap<string, string>
  /** What concerns every table, so that no run can go on: other tables, another source, target or schema. Null: nothing. */
  readonly all: string | null
}

const OF_ALL: ReadonlySet<string> = new Set(['source', 'target', 'schema'])
/** Named in a sentence. */
const NAMED = 3

export function compareTables(before: Plan, after: Plan): TablesCompared {
  const was = new Map(before.tables.map((table) => [table.source, table]))
  const names = (plan: Plan): string => JSON.stringify(plan.tables.map(({ source }) => source))
  const all = comparePlans(only(before, []), only(after, [])).filter(({ subject }) => OF_ALL.has(subject))
  const coming = comparePlans(before, after).filter(
    ({ subject, change }) => subject.startsWith('table ') && change !== 'changed',
  )
  const changed = new Map<string, string>()
  for (const table of after.tables) {
    const old = was.get(table.source)
    if (old === undefined) continue
    const others = comparePlans(only(before, [old]), only(after, [table]))
    const subjects = others.filter(({ subject }) => !OF_ALL.has(subject) && !subject.startsWith('limit '))
    if (subjects.length > 0) changed.set(table.source, listed(subjects.map(({ subject }) => subject)))
  }
  const said = [...all.map(({ subject }) => `another ${subject}`), ...coming.map((c) => `${c.subject} ${c.change}`)]
  // The ledger knows a run's tables by their places in the plan.
  const moved = names(before) === names(after) ? [] : ['other tables']
  return { changed, all: said.length + moved.length === 0 ? null : listed(said.length > 0 ? said : moved) }
}

const only = (plan: Plan, tables: readonly PlannedTable[]): Plan => ({ ...plan, tables, notCarried: [] })

function listed(all: readonly string[]): string {
  const more = all.length > NAMED ? [`${all.length - NAMED} more`] : []
  return [...all.slice(0, NAMED), ...more].join(', ')
}
