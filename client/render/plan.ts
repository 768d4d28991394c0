import type { InspectionDocument } from '../../core/api.js'
import type { Plan } from '../../core/plan/types.js'
import type { Paint } from '../output.js'
import { renderChanges } from './changes.js'
import { renderDecisions } from './decisions.js'
import { countFindings } from '../../core/words.js'
import { renderFindings } from './findings.js'
import { renderNotCarried } from './not-carried.js'
import { aboutBytes, aboutRows, plural } from '../../core/numbers.js'
import { renderTable } from './plan-table.js'
import { plain } from './text.js'

/** Everything that will be made and why; what will not be made and why. */
export function renderPlan(document: InspectionDocument, paint: Paint): string[] {
  const { plan } = document
  if (plan === null) return renderCheck(document, paint)
  return [
    ...heading(plan, document.planHash, paint),
    ...plan.tables.flatMap((t) => ['', ...renderTable(t, paint)]),
    ...section('Decided by the data', plan.decisions.length, renderDecisions(plan.decisions), paint),
    ...section('Not carried', plan.notCarried.length, renderNotCarried(plan.notCarried, paint, 'whole'), paint),
    ...findings(document, paint),
    ...changes(document, paint),
  ]
}

/** Can it work? The findings, and one line that says it. */
export function renderCheck(document: InspectionDocument, paint: Paint): string[] {
  const blocking = document.findings.some((f) => f.severity === 'blocking')
  const verdict = blocking ? paint('red', 'no, not yet') : paint('green', 'yes')
  const size = document.plan === null ? '' : ` ${sizeOf(document.plan)}.`
  return [
    `Can ${paint('bold', document.migration)} work? ${verdict}: ${countFindings(document.findings)}.${size}`,
    ...renderFindings(document.findings, paint),
  ]
}

export const sizeOf = (plan: Plan): string => {
  const rows = plan.tables.reduce((sum, t) => sum + t.estimatedRows, 0)
  const size = plan.tables.reduce((sum, t) => sum + t.estimatedBytes, 0)
  return `${plural(plan.tables.length, 'table')}, ${aboutRows(rows)}, ${aboutBytes(size)}`
}

function heading(plan: Plan, hash: string | null, paint: Paint): string[] {
  const { source, target } = plan
  return [
    `Plan of ${paint('bold', plan.migration)}: ${sizeOf(plan)}`,
    `  from ${plain(`${source.product} ${source.version}, database ${source.database}`)} (${source.connection})`,
    `  to   ${target.connection}, ${target.database === null ? '' : `database ${plain(target.database)}, `}schema ${plain(target.schema)}`,
    ...(hash === null ? [] : [paint('dim', `  plan ${hash.slice(0, 12)}`)]),
  ]
}

export function section(title: string, n: number, lines: readonly string[], paint: Paint): string[] {
  return n === 0 ? [] : ['', paint('bold', `${title} (${n})`), ...lines]
}

const findings = (document: InspectionDocument, paint: Paint): string[] => [
  '',
  paint('bold', `Findings: ${countFindings(document.findings)}`),
  ...renderFindings(document.findings, paint),
]

function changes(document: InspectionDocument, paint: Paint): string[] {
  if (document.changes === null) return []
  if (document.changes.length === 0) return ['', 'Nothing changes against the applied version.']
  return section('Against the applied version', document.changes.length, renderChanges(document.changes, paint), paint)
}
