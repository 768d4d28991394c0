import type pg from 'pg'
import { Failure } from '../../core/failure.js'
import type { Plan, PlannedIndex, PlannedTable } from '../../core/plan/types.js'
import { onSession } from './cancel.js'
import { addPrimaryKey, commentOnIndex, createIndex } from './ddl.js'
import { codeOf, type DriverError, type ErrorContext } from './errors.js'
import { qualified, tableName } from './quote.js'
import type { Target } from './target.js'
import { timed } from './timing.js'

/** Sorts of a build stay in memory up to here, where the server's own setting is not larger. Per session. */
const MAINTENANCE_MEGABYTES = 256

/** The server takes fewer where the table is small or its own limits say so. */
const PARALLEL_WORKERS = 4

/** Makes the primary key, or finds it. NULLs were excluded when the table was made, so only the index is built. */
export async function buildPrimaryKey(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  signal: AbortSignal,
): Promise<void> {
  const key = table.primaryKey
  if (key) await build(target, plan, table, key, addPrimaryKey(plan, table, key), signal)
}

/** Makes the table's n-th index, or finds it. */
export async function buildIndex(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const planned = table.indexes[index]
  if (!planned)
    throw new Failure('internal', `the plan has no index ${index} of ${table.source}`, { remedy: 'report this' })
  await build(target, plan, table, planned, createIndex(plan, table, planned), signal)
}

async function build(
  target: Target,
  plan: Plan,
  table: PlannedTable,
  index: PlannedIndex,
  statement: string,
  signal: AbortSignal,
): Promise<void> {
  const about: ErrorContext = { ...target.about, table, doing: `index ${index.target} of ${table.source}` }
  await timed(target, plan, table, 'indexes', () =>
    onSession(target, about, signal, async (client) => {
      if (await isThere(client, plan, table, index)) return
      // One string is one transaction: the settings end with it, and so does an index that was cancelled.
      try {
        await client.query([...BUILD_SETTINGS, statement, ...commentOnIndex(plan, index)].join(';\n'))
      } catch (error) {
        // The last attempt's session, whose worker is gone, may have been just about to commit.
        if (ALREADY_THERE.has(codeOf(error)) && (await isThere(client, plan, table, index))) return
        throw codeOf(error) === '23505' ? duplicates(table, index, error as DriverError) : error
      }
    }),
  )
}

/** duplicate_table (an index is one), invalid_table_definition (a second primary key), and a catalog's own unique index. */
const ALREADY_THERE = new Set(['42P07', '42P16', '23505'])

const BUILD_SETTINGS = [
  `SELECT set_config('maintenance_work_mem',
    greatest(pg_size_bytes(current_setting('maintenance_work_mem')) / 1048576, ${MAINTENANCE_MEGABYTES}) || 'MB', true)`,
  `SELECT set_config('max_parallel_maintenance_workers',
    greatest(current_setting('max_parallel_maintenance_workers')::int, ${PARALLEL_WORKERS})::text, true)`,
]

/** True for a valid index of that name on our table; one that is not valid is dropped, to be built again. */
async function isThere(client: pg.ClientBase, plan: Plan, table: PlannedTable, index: PlannedIndex): Promise<boolean> {
  const name = qualified(plan.target.schema, index.target)
  const { rows } = await client.query<{ ours: boolean; valid: boolean }>(
    `SELECT i.indrelid = to_regclass($2) AS ours, i.indisvalid AND i.indisready AS valid
     FROM pg_index i WHERE i.indexrelid = to_regclass($1)`,
    [name, tableName(plan, table)],
  )
  const [found] = rows
  if (!found?.ours) return false
  if (!found.valid) await client.query(`DROP INDEX ${name}`)
  return found.valid
}

/** The server names one key that is there twice, with its values: those stay private. */
function duplicates(table: PlannedTable, index: PlannedIndex, error: DriverError): unknown {
  const { constraint, detail, message } = error
  // The same code also says that another session made an index of this name just now (a catalog's own unique index).
  if (constraint !== index.target) return Object.assign(new Error(message), { code: '40001' })
  return new Failure(
    'constraint-violated',
    `Rows of ${table.source} are equal where the unique index ${index.target} forbids it.`,
    {
      table: table.source,
      remedy: 'Make the rows unlike in the source, or find out which collation made them unlike there, and run again.',
      private: {
        ...(detail === undefined ? {} : { key: detail }),
        ...(message === undefined ? {} : { reason: message }),
      },
    },
  )
}
