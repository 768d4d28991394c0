import { Failure } from '../../core/failure.js'
import type { Key, KeyRange } from '../../core/key-range.js'
import { ordersAlike } from '../../core/plan/digest-form.js'
import type { ChunkKeyColumn, PlannedColumn, PlannedTable } from '../../core/plan/types.js'
import { ident, literal } from './quote.js'

/**
 * The condition `from <= key < to` in the key's order, for the keys that both servers order alike (`digestForm`).
 * `true` when both ends are open. Composite ranges are written out with OR behind a first comparison that the index takes.
 */
export function rangeWhere(table: PlannedTable, range: KeyRange): string {
  const ends = []
  if (range.from !== null) ends.push(beyond(table, range.from, 'from'))
  if (range.to !== null) ends.push(beyond(table, range.to, 'to'))
  return ends.length === 0 ? 'true' : ends.join(' AND ')
}

export const orderBy = (table: PlannedTable): string =>
  keyColumns(table)
    .map(({ planned, key }) => ident(planned.target) + (key.descending ? ' DESC' : ''))
    .join(', ')

interface KeyColumn {
  readonly key: ChunkKeyColumn
  readonly planned: PlannedColumn
}

/** The key's columns as the plan has them in the target, in the key's order; none for a table without key. */
export function keyColumns(table: PlannedTable): KeyColumn[] {
  return (table.key?.columns ?? []).map((key) => {
    const planned = table.columns.find((column) => column.source === key.column)
    if (planned === undefined) throw unfit(table, `${key.column} is a column of the key and not carried`)
    return { key, planned }
  })
}

function beyond(table: PlannedTable, bound: Key, end: 'from' | 'to'): string {
  const columns = keyColumns(table)
  if (bound.length !== columns.length) throw unfit(table, 'a boundary has other parts than the key')
  const parts = columns.map(({ key, planned }, i) => ({
    name: ident(planned.target),
    value: keyLiteral(table, key, planned, bound[i] as string),
    past: (end === 'from') === key.descending ? '<' : '>',
  }))
  const last = parts.pop() as (typeof parts)[number]
  const first = parts[0]
  let condition = `${last.name} ${end === 'from' ? `${last.past}=` : last.past} ${last.value}`
  for (const { name, value, past } of parts.reverse())
    condition = `(${name} ${past} ${value} OR (${name} = ${value} AND ${condition}))`
  return first === undefined ? condition : `${first.name} ${first.past}= ${first.value} AND ${condition}`
}

/** A boundary as the source wrote it, as a literal of the target's column: digits, a moment in UTC, hexadecimal bytes. */
function keyLiteral(table: PlannedTable, key: ChunkKeyColumn, { cast }: PlannedColumn, text: string): string {
  if (!ordersAlike(key, cast.encoding)) throw unfit(table, `${key.column} is not ordered alike on both sides`)
  return cast.encoding.as === 'bytes' ? `'\\x${text}'::bytea` : `${literal(text)}::${cast.to}`
}

const unfit = (table: PlannedTable, why: string): Failure =>
  new Failure('internal', `The rows of ${table.source} cannot be cut by its key in the target: ${why}`, {
    table: table.source,
    remedy: 'Report this as a bug of Nightferry.',
  })
