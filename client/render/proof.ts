import type { ListedDifference } from '../../core/api.js'
import { isClean, type ProofReport, type TableProof, type Verdict } from '../../core/proof.js'
import type { Paint } from '../output.js'
import { compared, VERDICT_MEANING } from '../../core/words.js'
import { count, moment, seconds } from '../../core/numbers.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

export const paintVerdict = (verdict: Verdict, paint: Paint): string =>
  paint(verdict === 'equal' ? 'green' : isClean(verdict) ? 'yellow' : 'red', verdict)

/** Table by table: the verdict, and how many rows were seen on each side. */
export function renderProof(report: ProofReport, paint: Paint): string[] {
  return [
    heading(report, paint),
    `  started ${moment(report.started)}; compared ${compared(report)}`,
    '',
    ...indent(
      table(
        COLUMNS,
        report.tables.map((t) => cells(t, paint)),
        paint,
      ),
      2,
    ),
    ...meanings(report.tables),
    ...(report.keysLeft ?? []).map(
      ({ schema, table: name, key, why }) =>
        `  ${paint('red', 'NOT VALID')} since this repair: foreign key ${plain(key)} of ${plain(`${schema}.${name}`)} (${why})`,
    ),
  ]
}

function heading({ proof, kind, run, started, ended, verdict }: ProofReport, paint: Paint): string {
  const took = ended === null ? '' : ` in ${seconds((Date.parse(ended) - Date.parse(started)) / 1000)}`
  const what = kind === 'load' ? `Proof of the load of ${run}` : `${kind === 'verify' ? 'Proof' : 'Repair'} ${proof}`
  return `${paint('bold', what)}: ${verdict === null ? 'under way' : paintVerdict(verdict, paint)}${took}`
}

/** The newest whole; of the older ones what they came to. */
export function renderProofs([newest, ...older]: readonly ProofReport[], paint: Paint): string[] {
  if (newest === undefined) return []
  return ['', ...renderProof(newest, paint), ...older.map((proof) => `  before it: ${heading(proof, paint)}`)]
}

const COLUMNS = [
  { title: 'table' },
  { title: 'verdict' },
  { title: 'source', align: 'right' },
  { title: 'target', align: 'right' },
  { title: 'differences', align: 'right' },
  { title: 'witnessed', align: 'right' },
  { title: 'by' },
] as const

const cells = (t: TableProof, paint: Paint): string[] => [
  plain(t.table),
  paintVerdict(t.verdict, paint),
  t.rowsSource === null ? '-' : count(t.rowsSource),
  t.rowsTarget === null ? '-' : count(t.rowsTarget),
  t.differences === 0 ? '' : paint('red', count(t.differences)),
  t.witness === null ? '' : count(t.witness.rows),
  t.form === 'ordered' ? 'ranges' : 'buckets',
]

function meanings(tables: readonly TableProof[]): string[] {
  const seen = new Set(tables.map(({ verdict }) => verdict))
  return [...seen].flatMap((verdict) =>
    VERDICT_MEANING[verdict] === null ? [] : [`  ${verdict}: ${VERDICT_MEANING[verdict]}`],
  )
}

/** One line a row, its columns below it; values only where they came along. */
export function renderDifferences(differences: readonly ListedDifference[], total: number, paint: Paint): string[] {
  if (total === 0) return []
  const more = total - differences.reduce((sum, { times }) => sum + times, 0)
  const hint = '  Columns only: --show-values shows what stands in them.'
  const isHidden = differences.some((d) => d.columns.some((column) => !('source' in column)))
  return [
    '',
    paint('bold', `Differences (${count(total)})`),
    ...differences.flatMap((d) => difference(d, paint)),
    ...(more > 0 ? [`  ... and ${count(more)} more; --json has them all`] : []),
    ...(isHidden ? [hint] : []),
  ]
}

function difference({ kind, table: name, key, columns, times }: ListedDifference, paint: Paint): string[] {
  const often = times === 1 ? '' : ` (${count(times)} times)`
  const line = `  ${paint('red', kind)}  ${paint('bold', plain(name))} ${plain(key)}${often}`
  const values = columns.filter((column) => 'source' in column)
  if (values.length === 0)
    return kind === 'changed' ? [`${line}: ${columns.map(({ column }) => plain(column)).join(', ')}`] : [line]
  return [line, ...values.map((c) => `      ${plain(c.column)}: ${bothSides(kind, c.source, c.target)}`)]
}

function bothSides(kind: ListedDifference['kind'], source: string | null, target: string | null): string {
  if (kind === 'missing') return value(source)
  return kind === 'extra' ? value(target) : `${value(source)} in the source, ${value(target)} in the target`
}

const MOST = 200

const value = (text: string | null): string => {
  if (text === null) return 'NULL'
  const shown = text.length > MOST ? `${text.slice(0, MOST)}…` : text
  return `'${plain(shown)}'`
}
