import type { KeyRange } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import { witnessedColumns } from '../../core/plan/witnessed.js'
import type { WitnessSum } from '../../core/ports.js'
import type { Session } from './connect.js'
import { queryText } from './query.js'
import { quoteName, rangeWhere } from './range.js'
import { witnessItems } from './witness-values.js'

/**
 * How many rows a range has and the sum of their hashes, made by SQL in the server. A hash is the first 56 bits of the
 * SHA-256 of a row's values; a sum needs no order and sees a duplicate that took the place of another row. A text longer
 * than max_allowed_packet would have no hash and be missing in the sum: then the servers do not agree.
 */
export async function witnessRange(session: Session, table: PlannedTable, range: KeyRange): Promise<WitnessSum> {
  const [row] = await queryText(session.raw, witnessSelect(table, range))
  return { rows: Number(row?.total ?? 0), sum: row?.sum ?? '0' }
}

/** Each row is hashed once: more digits of a hash would cost another one, since the server keeps no value between two uses. */
export function witnessSelect(table: PlannedTable, range: KeyRange): string {
  const items = witnessedColumns(table).flatMap(witnessItems)
  const hash = `SHA2(CONCAT_WS('|', ${["''", ...items].join(', ')}), 256)`
  const number = `CAST(CONV(LEFT(${hash}, 14), 16, 10) AS UNSIGNED)`
  const select = `SELECT COUNT(*) AS total, SUM(${number}) AS sum FROM ${quoteName(table.source)}`
  if (table.key === null || (range.from === null && range.to === null)) return select
  return `${select} FORCE INDEX (${quoteName(table.key.index)}) WHERE ${rangeWhere(table.key, range)}`
}
