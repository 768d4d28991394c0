import type { SourceObject } from '../../core/catalog.js'
import { isPeriodColumn } from './catalog-columns.js'
import type { CatalogRows } from './catalog-queries.js'
import type { TextRow } from './query.js'
import { isMariaDb } from './server.js'
import { withoutEscapedQuotes } from './string-literal.js'

const JSON_VALID = /^\(*json_valid\(`((?:[^`]|``)+)`\)\)*$/i

/** The column that MariaDB's JSON alias guards by this check, or null for a check of the user's. */
function aliasedColumn(check: TextRow): string | null {
  const column = JSON_VALID.exec(check.check_clause ?? '')?.[1]?.replaceAll('``', '`') ?? null
  return column !== null && check.constraint_name === column ? column : null
}

/** Columns of a table that are JSON by MariaDB's alias: longtext with the check that bears the column's name. */
export function jsonAliases(checks: readonly TextRow[], rows: CatalogRows): Set<string> {
  if (!isMariaDb(rows.server)) return new Set()
  return new Set(checks.map(aliasedColumn).filter((column) => column !== null))
}

/** The user's checks; that of the JSON alias is part of the type. */
export function readChecks(table: string, checks: readonly TextRow[], aliases: ReadonlySet<string>): SourceObject[] {
  return checks
    .filter((check) => !aliases.has(aliasedColumn(check) ?? ''))
    .map((check) => ({
      kind: 'check' as const,
      name: check.constraint_name ?? '',
      table,
      definition: `CHECK ${parenthesized(withoutEscapedQuotes(check.check_clause ?? ''))}${check.enforced === 'NO' ? ' NOT ENFORCED' : ''}`,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const parenthesized = (text: string): string => (text.startsWith('(') && text.endsWith(')') ? text : `(${text})`)

/** What SHOW CREATE TABLE says about partitions, from `PARTITION BY` on. */
export function readPartitioning(table: string, created: string): SourceObject[] {
  const at = created.search(/(?:\/\*!\d+ )?PARTITION BY /)
  if (at < 0) return []
  const definition = created
    .slice(at)
    .replace(/^\/\*!\d+ /, '')
    .replace(/ *\*\/\s*$/, '')
  return [{ kind: 'partitioning', name: table, table, definition }]
}

/** A system-versioned table's past rows and period columns stay behind. */
export function readVersioning(table: string, type: string | null, columns: readonly TextRow[]): SourceObject[] {
  if (type !== 'SYSTEM VERSIONED') return []
  const period = columns
    .filter(isPeriodColumn)
    .map((c) => `\`${c.column_name}\` ${c.column_type} GENERATED ALWAYS AS ${c.generation}`)
  return [
    { kind: 'table', name: `${table} (history)`, table, definition: [...period, 'WITH SYSTEM VERSIONING'].join(', ') },
  ]
}
