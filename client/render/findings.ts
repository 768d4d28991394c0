import type { Finding, Severity } from '../../core/finding.js'
import type { Paint } from '../output.js'
import { plural } from './numbers.js'
import { plain } from './text.js'

const ORDER: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 }
const STYLE = { blocking: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<Severity, string>

/** Worst first, each with its remedy below it. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string[] {
  const sorted = findings.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
  return sorted.flatMap((f) => [
    `  ${paint(STYLE[f.severity], f.severity)}  ${paint('bold', plain(f.subject))}: ${plain(f.message)}  ${paint('dim', `[${f.name}]`)}`,
    `      ${plain(f.remedy)}`,
  ])
}

/** `2 blocking findings, 1 warning`; `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const of = (severity: Severity): number => findings.filter((f) => f.severity === severity).length
  const parts = [
    of('blocking') && plural(of('blocking'), 'blocking finding'),
    of('warning') && plural(of('warning'), 'warning'),
    of('info') && plural(of('info'), 'note'),
  ].filter(Boolean)
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}
