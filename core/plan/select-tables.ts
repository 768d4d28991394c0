import type { SourceCatalog, SourceTable } from '../catalog.js'
import type { Config } from '../config/types.js'
import type { Finding } from '../finding.js'
import { nearest } from '../text.js'

/** The tables that the configuration takes, in the order of their names, and what is wrong with its lists. */
export function selectTables(
  catalog: SourceCatalog,
  tables: Config['tables'],
): { readonly tables: readonly SourceTable[]; readonly findings: readonly Finding[] } {
  const names = catalog.tables.map((table) => table.name)
  const findings = [
    ...tables.include
      .filter((entry) => entry !== '*' && !names.some(matcher(entry)))
      .map(matchesNothing('include', catalog)),
    ...tables.exclude.filter((entry) => !names.some(matcher(entry))).map(matchesNothing('exclude', catalog)),
  ]
  const chosen = catalog.tables.filter(({ name }) => isTaken(name, tables)).sort(byName)
  if (!chosen.length) findings.push(nothingLeft(catalog))
  return { tables: chosen, findings }
}

/** Whether a table of this name belongs to the migration. An exclude wins over an include. */
export function isTaken(name: string, tables: Config['tables']): boolean {
  return tables.include.some((entry) => matcher(entry)(name)) && !tables.exclude.some((entry) => matcher(entry)(name))
}

/** By code units, so that the order is the same wherever a plan is made. */
export const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0

function matcher(entry: string): (name: string) => boolean {
  if (entry === '*') return () => true
  const pattern = /^\/(.+)\/(i?)$/.exec(entry)
  if (!pattern) return (name) => name === entry
  const expression = new RegExp(pattern[1]!, `${pattern[2]!}u`)
  return (name) => expression.test(name)
}

const matchesNothing =
  (list: 'include' | 'exclude', catalog: SourceCatalog) =>
  (entry: string): Finding => {
    const names = catalog.tables.map((table) => table.name)
    const view = catalog.others.find((other) => other.kind === 'view' && other.name === entry)
    const near = nearest(entry, names)
    return {
      name: 'table-list-matches-nothing',
      severity: 'blocking',
      subject: `tables.${list}`,
      message: `${entry} ${view ? 'is a view, and views are not taken as tables yet' : `matches no table of ${catalog.database}`}`,
      remedy: near
        ? `did you mean ${near}? Names are written as the source spells them`
        : 'mend the name or take it out',
    }
  }

const nothingLeft = (catalog: SourceCatalog): Finding => ({
  name: 'no-tables',
  severity: 'blocking',
  subject: catalog.database,
  message: catalog.tables.length
    ? `tables.include and tables.exclude leave none of the ${catalog.tables.length} tables`
    : 'the source has no tables, or the account may not see them',
  remedy: catalog.tables.length
    ? 'widen include or narrow exclude'
    : 'look at the name of the database, and grant the account SELECT on it',
})
