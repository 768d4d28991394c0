import type { Finding, Severity } from '../../core/finding.js'
import type { Paint } from '../output.js'
import { plural } from '../../core/numbers.js'
import { plain } from './text.js'

const ORDER: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 }
const STYLE = { blocking: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<Severity, string>

/** Worst first, each with its remedy below it; once for several in a row that have the same. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string[] {
  const sorted = findings.toSorted((a, b) => ORDER[a.severity] - ORDER[b.severity])
  return sorted.flatMap((f, i) => {
    const next = sorted[i + 1]
    const line = `  ${paint(STYLE[f.severity], f.severity)}  ${paint('bold', plain(f.subject))}: ${plain(f.message)}  ${paint('dim', `[${f.name}]`)}`
    return next?.name === f.name && next.remedy === f.remedy ? [line] : [line, `      ${sentence(plain(f.remedy))}`]
  })
}

/** With a capital, unless it begins with a name. */
const sentence = (text: string): string =>
  text.replace(/^[a-z]+(?=[ ,])/, (word) => word[0]?.toUpperCase() + word.slice(1))

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
