import type { Decision } from '../../core/plan/types.js'
import { became } from '../../core/words.js'
import { plain } from './text.js'

/** `customer.active is a boolean: every value is 0, 1 or NULL`. */
export const renderDecisions = (decisions: readonly Decision[]): string[] =>
  decisions.map((d) => `  ${plain(`${d.table}.${d.column}`)} ${became(d)}: ${plain(d.because)}`)
