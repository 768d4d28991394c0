import type { KeyRange } from '../../core/key-range.js'
import type { ChunkKey, PlannedTable } from '../../core/plan/types.js'
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
  const parts = indexParts(table, key)
  const list = parts.map((part, i) => `${expression(part)} AS c${i}`).join(', ')
  const [row] = await queryText(
    session.raw,
    `SELECT ${list} FROM ${quoteName(table.source)} FORCE INDEX (${quoteName(key.index)})
      WHERE ${rangeWhere(key, range)} ORDER BY ${orderBy(key)} LIMIT 1 OFFSET ${n}`,
  )
  if (!row) return `row ${n + 1} of a range that has fewer rows by now`
  return parts.map((part, i) => `${part.name}=${shown(part, row[`c${i}`] ?? null)}`).join(', ')
}

interface Part {
  readonly name: string
  readonly holds: 'text' | 'bytes' | 'plain'
}

/** All columns of the key's index: a key may be only the beginning of its index. */
function indexParts(table: PlannedTable, key: ChunkKey): Part[] {
  const index = [table.primaryKey, ...table.indexes].find((one) => one?.source === key.index)
  const columns = (index?.columns ?? []).map((part) => table.columns.find((c) => c.target === part.column))
  const known = columns.filter((column) => column !== undefined)
  if (known.length === 0 || known.length < columns.length) {
    return key.columns.map(({ column, type }) => ({ name: column, holds: holds(type) }))
  }
  return known.map(({ source, cast }) => ({ name: source, holds: holds(cast.from) }))
}

const holds = (type: string): Part['holds'] =>
  /^(?:var)?char|text/.test(type) ? 'text' : /binary|blob/.test(type) ? 'bytes' : 'plain'

function expression({ name, holds }: Part): string {
  if (holds === 'bytes') return `HEX(${quoteName(name)})`
  return holds === 'text' ? `CONVERT(${quoteName(name)} USING utf8mb4)` : `CAST(${quoteName(name)} AS CHAR)`
}

function shown({ holds }: Part, value: string | null): string {
  if (value === null) return 'NULL'
  const text = value.length > LONGEST ? `${value.slice(0, LONGEST)}...` : value
  if (holds === 'bytes') return `0x${text}`
  return holds === 'text' ? `'${text}'` : text
}
