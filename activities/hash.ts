import { createHash } from 'node:crypto'
import { canonicalPlanJson } from '../core/plan/canonical.js'
import type { Plan } from '../core/plan/types.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Hexadecimal, over what the plan decides: estimates and counters do not change it. */
export const planHash = (plan: Plan): string => sha256(canonicalPlanJson(plan))

/** Hexadecimal, over JSON with sorted keys: the same for the same value wherever it came from. */
export const hashOf = (value: unknown): string => sha256(canonical(value))

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
