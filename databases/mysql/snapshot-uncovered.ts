import { literal } from './query.js'
import type { Sessions } from './sessions.js'

/** Those of these tables whose engine keeps no old versions of rows: MyISAM, MEMORY, ARCHIVE, Aria, ... */
export async function uncoveredTables(sessions: Sessions, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return []
  const rows = await sessions.query(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND engine <> 'InnoDB' AND table_name IN (${tables.map(literal).join(', ')}) ORDER BY 1`,
  )
  return rows.map((row) => row.name ?? '')
}
