import type { Plan } from './types.js'

/** What the plan holds, in all. Rows and bytes are the source's estimates: say "about". */
export function planTotals(plan: Plan): { readonly tables: number; readonly rows: number; readonly bytes: number } {
  return {
    tables: plan.tables.length,
    rows: plan.tables.reduce((sum, table) => sum + table.estimatedRows, 0),
    bytes: plan.tables.reduce((sum, table) => sum + table.estimatedBytes, 0),
  }
}
