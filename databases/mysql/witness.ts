import { Failure } from '../../core/failure.js'
import type { KeyRange } from '../../core/key-range.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { WitnessSum } from '../../core/ports.js'
import { witnessedColumns } from '../../core/plan/witnessed.js'
import type { Session } from './connect.js'
import { queryText } from './query.js'
import { quoteName, rangeWhere } from './range.js'
import { witnessItems } from './witness-values.js'

/** Stands in the sum for a row without a hash: more than the hashes of a million million rows come to. */
const UNHASHED = 10n ** 30n

/**
 * How many rows a range has and the sum of their hashes, made by SQL in the server. A hash is the first 60 bits of the
 * SHA-256 of a row's values; a sum needs no order and sees a duplicate that took the place of another row.
 */
export async function witnessRange(session: Session, table: PlannedTable, range: KeyRange): Promise<WitnessSum> {
  const [row] = await queryText(session.raw, witnessSelect(table, range))
  const { total = '0', sum = null } = row ?? {}
  if (sum !== null && BigInt(sum) >= UNHASHED) throw unhashed(table)
  return { rows: Number(total), sum: sum ?? '0' }
}

/** Of a table whose columns are all left out, rows are counted: their text is the separator's alone. */
export function witnessSelect(table: PlannedTable, range: KeyRange): string {
  const items = witnessedColumns(table).flatMap(witnessItems)
  const hash = `SHA2(CONCAT_WS('|', ${["''", ...items].join(', ')}), 256)`
  const number = `IFNULL(CAST(CONV(LEFT(${hash}, 15), 16, 10) AS UNSIGNED), ${UNHASHED})`
  const select = `SELECT COUNT(*) AS total, SUM(${number}) AS sum FROM ${quoteName(table.source)}`
  if (table.key === null || (range.from === null && range.to === null)) return select
  return `${select} FORCE INDEX (${quoteName(table.key.index)}) WHERE ${rangeWhere(table.key, range)}`
}

/** The server answers NULL, with no more than a warning, where a text would be longer than max_allowed_packet. */
const unhashed = (table: PlannedTable): Failure =>
  new Failure('refused', `The source cannot hash every row of ${table.source}`, {
    table: table.source,
    remedy: 'Raise max_allowed_packet on the source, or verify with --witness 0.',
  })
