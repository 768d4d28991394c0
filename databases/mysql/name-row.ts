import type { KeyRange } from '../../core/key-range.js'
import type { ChunkKey, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import type { Session } from './connect.js'
import { queryText } from './query.js'
import { orderBy, quoteName, rangeWhere } from './range.js'

const LONGEST = 60

/**
 * How a person finds the n-th row (from 0) of a range again: `id=17`, `region='eu', day='2024-02-29'`, all columns of
 * the key's index. A row that has gone meanwhile, or a table without a key, is named by its place.
 */
export async function nameRow(session: Session, table: PlannedTable, range: KeyRange, n: number): Promise<string> {
  const { key } = table
  if (key === null) return `row ${n + 1} of a table without a key`
  const columns = indexColumns(table, key)
  const list = columns.map((column, i) => `${expression(column)} AS c${i}`).join(', ')
  const [row] = await queryText(
    session.raw,
    `SELECT ${list} FROM ${quoteName(table.source)} FORCE INDEX (${quoteName(key.index)})
      WHERE ${rangeWhere(key, range)} ORDER BY ${orderBy(key)} LIMIT 1 OFFSET ${n}`,
  )
  if (!row) return `row ${n + 1} of a range that has fewer rows by now`
  return columns.map((column, i) => `${column.source}=${shown(column, row[`c${i}`] ?? null)}`).join(', ')
}

function expression({ source, cast }: PlannedColumn): string {
  const name = quoteName(source)
  if (cast.encoding.as === 'bytes') return `HEX(${name})`
  return cast.encoding.as === 'text' ? `CONVERT(${name} USING utf8mb4)` : `CAST(${name} AS CHAR)`
}

function shown({ cast }: PlannedColumn, value: string | null): string {
  if (value === null) return 'NULL'
  const text = value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value
  if (cast.encoding.as === 'bytes') return `0x${text}`
  return cast.encoding.as === 'text' ? `'${text}'` : text
}

/** All columns of the key's index: a key may be only the beginning of its index. */
function indexColumns(table: PlannedTable, key: ChunkKey): PlannedColumn[] {
  const index = [table.primaryKey, ...table.indexes].find((one) => one?.source === key.index)
  const whole = (index?.columns ?? []).map((part) => table.columns.find((c) => c.target === part.column))
  const known = whole.filter((column) => column !== undefined)
  if (known.length > 0 && known.length === whole.length) return known
  return key.columns.flatMap((part) => table.columns.find((c) => c.source === part.column) ?? [])
}
