import type { PlannedTable } from '../../core/plan/types.js'
import { literal } from './query.js'
import type { Sessions } from './sessions.js'

/**
 * The value that AUTO_INCREMENT would hand out next, digits, read now: our sessions switch MySQL's cached statistics off.
 * A table that never held a row says NULL on some versions, and would hand out 1. Null without AUTO_INCREMENT.
 */
export async function nextIdentity(sessions: Sessions, table: PlannedTable): Promise<string | null> {
  const where = `table_schema = DATABASE() AND table_name = ${literal(table.source)}`
  const [row] = await sessions.query(
    `SELECT (SELECT auto_increment FROM information_schema.tables WHERE ${where}) AS next,
      (SELECT COUNT(*) FROM information_schema.columns WHERE ${where} AND extra LIKE '%auto_increment%') AS counters`,
  )
  return row?.counters === '1' ? (row.next ?? '1') : null
}
