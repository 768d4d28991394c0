import type { CatalogRows } from './catalog-queries.js'
import { defaultStyle } from './catalog-columns.js'
import type { Session } from './connect.js'
import { groupBy, queryText, type TextRow } from './query.js'
import { quoteName } from './range.js'

const BYTES = /^(?:var)?binary\(|blob/i

/**
 * Hexadecimal defaults of binary columns, by `table\ncolumn`, as the server itself holds them (padding included).
 * Reads no row: a column of the side of an outer join that never matches. What the account may not read is left out.
 */
export async function exactDefaults(
  session: Session,
  tables: readonly TextRow[],
  rows: CatalogRows,
): Promise<Map<string, string>> {
  const readable = new Set(tables.map((table) => table.table_name))
  const asked = groupBy(
    rows.columns.filter((column) => readable.has(column.table_name ?? null) && hasConstantBytes(column, rows)),
    'table_name',
  )
  const found = new Map<string, string>()
  for (const [table, columns] of asked) {
    const list = columns
      .map((column, i) => `HEX(DEFAULT(t.${quoteName(column.column_name ?? '')})) AS c${i}`)
      .join(', ')
    const [row] = await queryText(
      session.raw,
      `SELECT ${list} FROM (SELECT 1) one LEFT JOIN ${quoteName(table)} t ON 1 = 0`,
    ).catch((error: unknown) => {
      if ((error as { readonly sqlState?: string }).sqlState === undefined) throw error
      return []
    })
    for (const [i, column] of columns.entries()) {
      const digits = row?.[`c${i}`]
      if (digits != null) found.set(`${table}\n${column.column_name}`, digits)
    }
  }
  return found
}

function hasConstantBytes(column: TextRow, rows: CatalogRows): boolean {
  const text = column.column_default ?? null
  if (text === null || !BYTES.test(column.column_type ?? '')) return false
  if (defaultStyle(rows.server) === 'plain') return !/\bDEFAULT_GENERATED\b/.test(column.extra ?? '')
  return /^(?:'|x'|0x)/i.test(text)
}
