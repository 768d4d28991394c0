import type { Finding, Severity } from './finding.js'
import { plural } from './numbers.js'
import type { NewsKind } from './news.js'
import type { Decision } from './plan/types.js'
import type { ProofReport, Verdict } from './proof.js'
import type { RunProgress } from './report.js'
import type { ReadLabel, RunSummary, TableState } from './run.js'

/** Words for people, the same in the terminal and on pages. Names in them are as they came: whoever shows them makes them safe. */

/** With a capital, unless it begins with a name. */
export const sentence = (text: string): string =>
  text.replace(/^[a-z]+(?=[ ,:])/, (word) => word[0]?.toUpperCase() + word.slice(1))

/** Of which moment rows are. */
export const READ_LABELS = {
  'best-effort': 'read best-effort: each chunk is of its own moment; rows that changed meanwhile may not fit together',
  snapshot: 'read under one snapshot: every table is of one moment',
} as const satisfies Record<ReadLabel, string>

/** What a verdict means, where its name may be misread. */
export const VERDICT_MEANING = {
  equal: null,
  'differs from the source now': 'the target is as it was copied; the source went on, which is no error',
  'target changed': 'the load was proved equal: somebody wrote to the target since',
  'copy wrong': 'the target never was what was read',
  'witness disagrees': 'SQL inside both servers does not see the same rows: report this as a bug of Nightferry',
  'not proved': 'not compared: the table was stopped, or its proof came to no end',
} as const satisfies Record<Verdict, string | null>

/** What a proof compared, the witness last. */
export function compared({ withSource, witness }: Pick<ProofReport, 'withSource' | 'witness'>): string {
  const sides = ['the target with what was copied', ...(withSource ? ['the source as it is now'] : [])]
  if (witness > 0) sides.push(witness === 1 ? 'the witness over everything' : `the witness over ${share(witness)}`)
  return sides.join(', ')
}

const share = (of: number): string => `${Number((of * 100).toPrecision(3))}%`

const BECAME = {
  boolean: ['is no boolean', 'is a boolean'],
  'fits-bigint': ['does not fit bigint', 'fits bigint'],
  'within-a-day': ['is longer than a day', 'is a time of day'],
} as const satisfies Record<Decision['question'], readonly [no: string, yes: string]>

/** What the answer made of the column: `is a boolean`. */
export const became = ({ question, answer }: Pick<Decision, 'question' | 'answer'>): string =>
  BECAME[question][answer ? 1 : 0]

/** How much a person should mind. */
export const NEWS_WEIGHTS = {
  'decision-broken': 'bad',
  'row-refused': 'bad',
  'table-stopped': 'bad',
  'table-gone': 'warn',
  'table-shrunk': 'warn',
  'column-gone': 'warn',
  'range-end': 'warn',
  'column-changed': 'warn',
  finding: 'warn',
  'index-gone': 'warn',
  'table-slow': 'warn',
  'table-grown': 'note',
  'table-new': 'note',
  'column-new': 'note',
  'index-new': 'note',
} as const satisfies Record<NewsKind, 'bad' | 'warn' | 'note'>

type Ended = Pick<RunSummary, 'state'> & Partial<Pick<RunSummary, 'label' | 'skipped' | 'published'>>

/** Complete, and yet no night to be content with: its rows are of no one moment, tables were set aside, or nobody reads it. */
const isShort = ({ label = 'snapshot', skipped = 0 }: Ended): boolean => label !== 'snapshot' || skipped > 0

export const isContent = (run: Ended): boolean =>
  run.state === 'complete' && !isShort(run) && run.published !== 'not published'

/** A run's state, where its name may be misread: a complete run need not be a green one. */
export function stateWords(run: Ended): string {
  if (run.state !== 'complete' || isContent(run)) return run.state
  return isShort(run) ? 'complete, not green' : 'complete, not published'
}

/** How many tables are where their run is now: while rows are copied those that are, then those that are proved. */
export function tablesWords({ phase, tables }: Pick<RunProgress, 'phase' | 'tables'>): {
  readonly done: number
  readonly word: 'copied' | 'done'
} {
  const isEarly = phase === 'schema' || phase === 'clone'
  const counted: readonly TableState[] = isEarly ? ['copied', 'indexed', 'done'] : ['done']
  return { done: tables.filter(({ state }) => counted.includes(state)).length, word: isEarly ? 'copied' : 'done' }
}

const SEVERITIES: Record<Severity, number> = { blocking: 0, warning: 1, info: 2 }

export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => SEVERITIES[a.severity] - SEVERITIES[b.severity])

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
