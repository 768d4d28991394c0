import type { Encoding } from '../cast.js'
import type { DigestForm } from '../proof.js'
import type { ChunkKeyColumn, PlannedTable } from './types.js'

/**
 * Whether the target orders a value's canonical text as the source orders the key. Text does not: the target's index has
 * the database's collation, the source's key one of its own; nor does MariaDB's uuid, which does not sort by its text.
 */
const ALIKE: Readonly<Record<Encoding['as'], boolean>> = {
  ...{ integer: true, decimal: true, date: true, timestamp: true, time: true, bytes: true },
  ...{ real: false, double: false, boolean: false, bits: false, 'bit-boolean': false, 'bit-integer': false },
  ...{ text: false, enum: false, set: false, json: false, uuid: false, 'uuid-bytes': false, inet: false },
  ...{ interval: false, wkb: false, ewkb: false, vector: false },
}

/** A date that a cast changes lies elsewhere in the order then; bytes are a key's only where they are no text. */
export function ordersAlike({ type }: ChunkKeyColumn, encoding: Encoding): boolean {
  if (encoding.as === 'date' || encoding.as === 'timestamp') return encoding.onZero.do === 'refuse'
  if (encoding.as === 'bytes') return type === 'binary' || type === 'varbinary'
  return ALIKE[encoding.as]
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
