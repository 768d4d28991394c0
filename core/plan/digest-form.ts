import type { Encoding } from '../cast.js'
import type { DigestForm } from '../proof.js'
import type { ChunkKeyColumn, PlannedTable } from './types.js'

/**
 * Encodings whose canonical text the target orders as the source orders the key. Text is missing: the target's index
 * has the database's collation, the source's key a collation of its own; so are MariaDB's uuid (does not sort by its
 * text) and inet, and dates that a cast changes.
 */
function ordersAlike(column: ChunkKeyColumn, encoding: Encoding): boolean {
  switch (encoding.as) {
    case 'integer':
    case 'decimal':
    case 'time':
      return true
    case 'bytes':
      return column.type === 'binary' || column.type === 'varbinary'
    case 'date':
    case 'timestamp':
      return encoding.onZero.do === 'refuse'
    default:
      return false
  }
}

const FEWEST = 16
const MOST = 1024
const ROWS_A_BUCKET = 4096

/** How a table's rows become one value on both sides. Depends on nothing but the stored plan, so all proofs of a run agree. */
export function digestForm(table: PlannedTable): DigestForm {
  const because = whyUnordered(table)
  if (because === null) return { form: 'ordered' }
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, table.estimatedRows / ROWS_A_BUCKET)))
  return { form: 'buckets', buckets: Math.min(MOST, Math.max(FEWEST, wanted)), because }
}

function whyUnordered({ key, columns }: PlannedTable): string | null {
  if (key === null) return 'the table has no key'
  if (!key.unique) return `several rows may share a value of ${key.columns.map((c) => c.column).join(', ')}`
  for (const column of key.columns) {
    const planned = columns.find((c) => c.source === column.column)
    if (planned === undefined || !ordersAlike(column, planned.cast.encoding))
      return `the two servers do not order ${column.column} alike`
  }
  return null
}
