import type { Plan, PlannedTable } from './types.js'

/** The most child workflows of a run (design, section 6). */
const MAX_BIG = 400
const MAX_TABLES_OF_BUNDLE = 50
/** What a table costs beside its bytes (claim, COPY, commit: some 20 ms), in bytes that are copied meanwhile. */
const TABLE_COST = 512 * 1024

export interface Bundling {
  /** Ordinals of the tables that get a child of their own, biggest first. */
  readonly big: readonly number[]
  /** Ordinals of the tables that are copied together, one chunk each; every bundle's biggest table first. */
  readonly bundles: readonly (readonly number[])[]
}

/** True where the table is more than one chunk, as far as the source's estimates tell. */
export const isBig = (table: PlannedTable, limits: Plan['limits']): boolean => table.estimatedBytes > limits.chunkBytes

/**
 * Says how the tables are copied: each table exactly once, in `big` or in a bundle. A bundle holds at most 50 tables
 * and `chunkBytes` (a table that is too big for that and came too late for a child is a bundle alone), and there are
 * enough of them for all sessions as soon as each has something to do. The same plan gives the same answer.
 */
export function bundlesOf(plan: Plan): Bundling {
  const biggestFirst = [...plan.tables].sort((a, b) => b.estimatedBytes - a.estimatedBytes || a.ordinal - b.ordinal)
  const big = biggestFirst.filter((table) => isBig(table, plan.limits)).slice(0, MAX_BIG)
  const children = new Set(big.map((table) => table.ordinal))
  const small = biggestFirst.filter((table) => !children.has(table.ordinal))
  return { big: big.map((table) => table.ordinal), bundles: pack(small, plan.limits) }
}

interface Bundle {
  readonly tables: number[]
  bytes: number
}

/** Biggest first into the lightest bundle: all end at about the same time. A new one only where none has room. */
function pack(tables: readonly PlannedTable[], limits: Plan['limits']): number[][] {
  const bytes = tables.reduce((sum, table) => sum + table.estimatedBytes, 0)
  const wanted = Math.max(
    Math.ceil(tables.length / MAX_TABLES_OF_BUNDLE),
    Math.ceil(bytes / limits.chunkBytes),
    Math.min(limits.parallelism, Math.ceil(tables.length / 2)),
  )
  const bundles: Bundle[] = Array.from({ length: Math.min(wanted, tables.length) }, () => ({ tables: [], bytes: 0 }))
  for (const table of tables) {
    const room = bundles.filter(
      (b) =>
        b.tables.length < MAX_TABLES_OF_BUNDLE &&
        (b.tables.length === 0 || b.bytes + table.estimatedBytes <= limits.chunkBytes),
    )
    const lightest = room.reduce<Bundle | null>((best, b) => (best && load(best) <= load(b) ? best : b), null)
    if (lightest) {
      lightest.tables.push(table.ordinal)
      lightest.bytes += table.estimatedBytes
    } else bundles.push({ tables: [table.ordinal], bytes: table.estimatedBytes })
  }
  return bundles.filter((bundle) => bundle.tables.length).map((bundle) => bundle.tables)
}

const load = (bundle: Bundle): number => bundle.bytes + bundle.tables.length * TABLE_COST
