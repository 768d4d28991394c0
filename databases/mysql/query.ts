import type { Connection, TypeCastField } from 'mysql2'

/** A row of a catalogue query: the server's text, decoded as UTF-8, or null. Never a number, a Date or an object. */
export type TextRow = Readonly<Record<string, string | null>>

/** Column names in lower case: MySQL 8 answers information_schema's names in capitals, MariaDB as they were typed. */
const asText = (field: TypeCastField): string | null => field.buffer()?.toString('utf8') ?? null

/** Runs one statement and gathers its rows. For small answers: the hot path never comes here. Throws the driver's error. */
export function queryText(connection: Connection, sql: string): Promise<TextRow[]> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, typeCast: asText }, (error, rows) => {
      if (error) reject(error)
      else resolve(Array.isArray(rows) ? rows.map(lowerCased) : [])
    })
  })
}

function lowerCased(row: unknown): TextRow {
  return Object.fromEntries(
    Object.entries(row as Record<string, string | null>).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

/** A text as an SQL literal, exact under our pinned sql_mode (backslash escapes, no ANSI_QUOTES matter to it). */
export const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Rows by the text of one of their columns, in their order (`Map.groupBy` comes with Node 21). */
export function groupBy(rows: readonly TextRow[], column: string): Map<string, TextRow[]> {
  const groups = new Map<string, TextRow[]>()
  for (const row of rows) {
    const name = row[column] ?? ''
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return groups
}
