import type { Finding, Severity } from '../../core/finding.js'
import type { Paint } from '../output.js'
import { sentence, worstFirst } from '../../core/words.js'
import { plain } from './text.js'

const STYLE = { blocking: 'red', warning: 'yellow', info: 'cyan' } as const satisfies Record<Severity, string>

/** Worst first, each with its remedy below it; once for several in a row that have the same. */
export function renderFindings(findings: readonly Finding[], paint: Paint): string[] {
  const sorted = worstFirst(findings)
  return sorted.flatMap((f, i) => {
    const next = sorted[i + 1]
    const line = `  ${paint(STYLE[f.severity], f.severity)}  ${paint('bold', plain(f.subject))}: ${plain(f.message)}  ${paint('dim', `[${f.name}]`)}`
    return next?.name === f.name && next.remedy === f.remedy ? [line] : [line, `      ${sentence(plain(f.remedy))}`]
  })
}
