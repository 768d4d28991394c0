import { createHash } from 'node:crypto'
import { canonicalJson } from '../core/canonical-json.js'
import { canonicalPlanJson } from '../core/plan/canonical.js'
import type { Plan } from '../core/plan/types.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Hexadecimal, over what the plan decides: estimates and counters do not change it. */
export const planHash = (plan: Plan): string => sha256(canonicalPlanJson(plan))

/** Hexadecimal, over JSON with sorted keys: the same for the same value wherever it came from. */
export const hashOf = (value: unknown): string => sha256(canonicalJson(value))
