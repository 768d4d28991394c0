import type { SourceObject } from '../../core/catalog.js'
import type { CatalogRows } from './catalog-queries.js'
import type { Session } from './connect.js'
import { queryText } from './query.js'
import { quoteName } from './range.js'

/** What is no table, each with the text that SHOW CREATE prints; one question each, for those that exist. */
export async function readOthers(session: Session, rows: CatalogRows): Promise<SourceObject[]> {
  const others: SourceObject[] = []
  const add = async (kind: SourceObject['kind'], what: string, name: string, table: string | null = null) => {
    others.push({ kind, name, table, definition: await showCreate(session, what, name) })
  }
  const ofType = (type: string) => rows.tables.filter((t) => t.table_type === type).map((t) => t.table_name ?? '')
  for (const name of ofType('VIEW').sort()) await add('view', 'VIEW', name)
  for (const name of ofType('SEQUENCE').sort()) await add('sequence', 'SEQUENCE', name)
  for (const row of rows.triggers) await add('trigger', 'TRIGGER', row.name ?? '', row.owner ?? null)
  for (const row of rows.routines) await add('routine', row.type ?? 'PROCEDURE', row.name ?? '')
  for (const row of rows.events) await add('event', 'EVENT', row.name ?? '')
  return others
}

/**
 * The text of `SHOW CREATE <what> <name>`, empty where the account may not see it or the object is broken: that it
 * exists is known, and check says which right is missing.
 */
export async function showCreate(session: Session, what: string, name: string): Promise<string> {
  const rows = await queryText(session.raw, `SHOW CREATE ${what} ${quoteName(name)}`).catch((error: unknown) => {
    if ((error as { readonly sqlState?: string }).sqlState === undefined) throw error
    return []
  })
  const [row = {}] = rows
  const column = Object.keys(row).find((key) => key.startsWith('create ') || key === 'sql original statement')
  return (column === undefined ? null : row[column]) ?? ''
}
