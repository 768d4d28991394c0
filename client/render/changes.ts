import type { PlanChange } from '../../core/plan/types.js'
import type { Paint } from '../output.js'
import { plain } from './text.js'

const SIGN = { added: '+', removed: '-', changed: '~' } as const
const STYLE = { added: 'green', removed: 'red', changed: 'yellow' } as const

/** What an apply changes against the applied version, one line each. */
export function renderChanges(changes: readonly PlanChange[], paint: Paint): string[] {
  return changes.map((c) => `  ${paint(STYLE[c.change], `${SIGN[c.change]} ${plain(c.subject)}`)}${values(c)}`)
}

function values(c: PlanChange): string {
  if (c.before !== null && c.after !== null) return `: ${plain(c.before)} -> ${plain(c.after)}`
  const one = c.after ?? c.before
  return one === null ? '' : `: ${plain(one)}`
}
