import type { Decision } from '../../core/plan/types.js'
import { plain } from './text.js'

/** What the answer made of the column. */
const BECAME = {
  boolean: ['is no boolean', 'is a boolean'],
  'fits-bigint': ['does not fit bigint', 'fits bigint'],
  'within-a-day': ['is longer than a day', 'is a time of day'],
} as const satisfies Record<Decision['question'], readonly [no: string, yes: string]>

/** `customer.active is a boolean: every value is 0, 1 or NULL`. */
export const renderDecisions = (decisions: readonly Decision[]): string[] =>
  decisions.map(
    (d) => `  ${plain(`${d.table}.${d.column}`)} ${BECAME[d.question][d.answer ? 1 : 0]}: ${plain(d.because)}`,
  )
