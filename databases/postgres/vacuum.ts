import type { Plan, PlannedTable } from '../../core/plan/types.js'
import { onSession } from './cancel.js'
import { tableName } from './quote.js'
import type { Target } from './target.js'
import { timed } from './timing.js'

/** VACUUM (FREEZE, ANALYZE): a table that is new to everybody needs neither a freeze nor statistics later. */
export async function vacuumTable(target: Target, plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<void> {
  const about = { ...target.about, table, doing: `vacuum of ${table.source}` }
  await timed(target, plan, table, 'vacuum', () =>
    onSession(target, about, signal, (client) => client.query(`VACUUM (FREEZE, ANALYZE) ${tableName(plan, table)}`)),
  )
}

/** Rows of the table, counted. */
export async function countRows(target: Target, plan: Plan, table: PlannedTable, signal: AbortSignal): Promise<number> {
  const about = { ...target.about, table, doing: `count of ${table.source}` }
  return await onSession(target, about, signal, async (client) => {
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) FROM ${tableName(plan, table)}`)
    return Number(rows[0]!.count)
  })
}
