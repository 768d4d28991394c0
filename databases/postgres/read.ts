import type { Plan, PlannedTable } from '../../core/plan/types.js'
import type { ReadOptions, RowCounts, RowSink, TargetPart } from '../../core/ports.js'
import { CopyOut } from './copy-out.js'
import { toFailure } from './errors.js'
import { orderBy, rangeWhere } from './key-range.js'
import { ident, literal, tableName } from './quote.js'
import type { Target } from './target.js'

/**
 * Streams a part of a table as canonical COPY text: a key range in the key's order, pages in any order. An abort or a
 * failing sink drops the session. Throws Failures, the signal's reason, or what the sink failed with.
 */
export async function readRows(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  part: TargetPart,
  sink: RowSink,
  { signal, rowIds = false }: ReadOptions,
): Promise<RowCounts> {
  signal.throwIfAborted()
  // The pool's errors are Failures already.
  const client = await target.pool.connect()
  const copy = new CopyOut(`${BEGIN}; ${copyText(plan, table, part, rowIds)}; COMMIT`, sink)
  const stop = (): void => copy.fail(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  sink.failed.catch((error: unknown) => copy.fail(error))
  try {
    signal.throwIfAborted()
    client.query(copy)
    const rows = await copy.ended
    client.release()
    return { rows, bytes: copy.bytes }
  } catch (error) {
    client.release(true)
    signal.throwIfAborted()
    throw copy.isServers ? toFailure(error, { ...target.about, table }) : error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * A range is read along its index: a sort of what comes in order already, or all of the table for each of its parts, is
 * what the planner would choose where it knows nothing yet. Our lanes are the parallelism.
 */
const BEGIN = [
  'BEGIN READ ONLY',
  ...['enable_seqscan', 'enable_bitmapscan', 'jit'].map((name) => `SET LOCAL ${name} TO off`),
  'SET LOCAL max_parallel_workers_per_gather TO 0',
].join('; ')

/** `ONLY`: a table that somebody attached as a child holds rows that are not ours. */
export function copyText(plan: Plan, table: PlannedTable, part: TargetPart, rowIds: boolean): string {
  const columns = table.columns.map((column) => ident(column.target))
  const list = [...(rowIds ? ['ctid'] : []), ...columns].join(', ')
  const where = part.by === 'key' ? rangeWhere(table, part.range) : pagesWhere(part)
  const order = part.by === 'key' && table.key !== null ? ` ORDER BY ${orderBy(table)}` : ''
  return `COPY (SELECT ${list} FROM ONLY ${tableName(plan, table)} WHERE ${where}${order}) TO STDOUT`
}

const pagesWhere = ({ from, to }: { from: number; to: number | null }): string =>
  `ctid >= '(${from},0)'::tid` + (to === null ? '' : ` AND ctid < '(${to},0)'::tid`)

/** Pages of the table's file now. */
export async function pagesOf(target: Target, plan: Plan, table: PlannedTable): Promise<number> {
  try {
    const { rows } = await target.pool.query<{ pages: string }>(
      `SELECT pg_relation_size(${literal(tableName(plan, table))}::regclass) / current_setting('block_size')::int AS pages`,
    )
    return Number(rows[0]?.pages ?? 0)
  } catch (error) {
    throw toFailure(error, { ...target.about, table })
  }
}
