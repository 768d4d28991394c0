import type { Plan } from './types.js'

/**
 * The plan as the text that its hash is made of: keys sorted, and without what changes from night to night while the
 * plan does not: estimates, counters, what was seen in the data, the server's patch level. Of a decision its answer
 * counts.
 */
export function canonicalPlanJson(plan: Plan): string {
  const { version: _version, ...source } = plan.source
  return JSON.stringify(
    sorted({
      ...plan,
      source,
      decisions: plan.decisions.map(({ because: _because, ...decision }) => decision),
      tables: plan.tables.map(({ estimatedRows: _rows, estimatedBytes: _bytes, identity, ...table }) => ({
        ...table,
        identity: identity && identity.column,
      })),
    }),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
