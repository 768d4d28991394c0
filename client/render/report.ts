import type { Fitness } from '../../core/fitness.js'
import type { Remembered } from '../../core/memory.js'
import type { DeclaredLoss, RunReport, TableReport } from '../../core/report.js'
import type { RunState, RunSummary } from '../../core/run.js'
import { sinceWords } from '../../core/since-words.js'
import type { Paint } from '../output.js'
import { renderDecisions } from './decisions.js'
import { countFindings } from '../../core/words.js'
import { renderFindings } from './findings.js'
import { renderFitnessPart } from './fitness.js'
import { renderNews, renderPublished } from './news.js'
import { renderNotCarried } from './not-carried.js'
import { bytes, count, moment, plural, seconds } from '../../core/numbers.js'
import { section } from './plan.js'
import { renderProofs } from './proof.js'
import { renderReading } from './reading.js'
import { table } from './table.js'
import { indent, plain } from './text.js'

const STATE_STYLE = {
  running: 'cyan',
  complete: 'green',
  'complete with rejects': 'yellow',
  incomplete: 'red',
  refused: 'yellow',
} as const satisfies Record<RunState, string>

export const paintState = (state: RunState, paint: Paint): string => paint(STATE_STYLE[state], state)

/** A run of which there is no report: it was refused, or ended before anything was registered. */
export const renderUnread = (
  migration: string,
  summary: RunSummary,
  kept: Remembered | null,
  paint: Paint,
): string[] => [...state(migration, summary, paint), ...(kept === null ? [] : indent(kept.notes.map(plain), 2))]

/** What a run did: first what is new since the one before, then table by table, and whatever is not as it was in the source. */
export function renderReport(
  report: RunReport,
  paint: Paint,
  originals: 'whole' | 'short',
  kept: Remembered | null = null,
  fitness: Fitness | null = null,
): string[] {
  return [
    ...state(report.migration, report.summary, paint),
    ...(kept === null ? [] : [...indent(renderPublished(kept, paint), 2), ...apart(renderNews(kept, paint))]),
    ...heading(report),
    '',
    ...tables(report.tables, paint),
    ...lowered(report.tables),
    ...sinceWords(report.tables).map((line) => `  ${line}`),
    ...failures(report, paint),
    ...skipped(report.tables, paint),
    ...renderProofs(report.proofs, paint),
    ...section('Decided by the data', report.decisions.length, renderDecisions(report.decisions), paint),
    ...section('Declared losses', report.declaredLosses.length, report.declaredLosses.map(loss), paint),
    ...section('Not carried', report.notCarried.length, notCarried(report, paint, originals), paint),
    ...(report.findings.length === 0 ? [] : ['', paint('bold', `Findings: ${countFindings(report.findings)}`)]),
    ...renderFindings(report.findings, paint),
    ...renderFitnessPart(fitness, paint, originals === 'whole'),
  ]
}

function notCarried({ notCarried, migration }: RunReport, paint: Paint, originals: 'whole' | 'short'): string[] {
  const lines = renderNotCarried(notCarried, paint, originals)
  return originals === 'whole' ? lines : [...lines, `  Their original text: nightferry report ${plain(migration)}`]
}

/** How it ended, and why: all in the first line, which is what a chat or a mail shows of it. */
function state(migration: string, s: RunSummary, paint: Paint): string[] {
  const took =
    s.ended === null || s.state === 'refused'
      ? ''
      : ` in ${seconds((Date.parse(s.ended) - Date.parse(s.started)) / 1000)}`
  const version = s.version === 0 ? '' : `, version ${s.version}`
  return [
    `Run ${paint('bold', s.run)} of ${paint('bold', plain(migration))}${version}: ${paintState(s.state, paint)}${took}${s.reason === null ? '' : `: ${plain(s.reason)}`}`,
    ...sinceItsEnd(s).map((line) => `  ${line}`),
  ]
}

const apart = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines, ''])

function heading(report: RunReport): string[] {
  const { summary: s } = report
  const phases = report.phases.filter((p) => p.phase !== 'closed').map((p) => `${p.phase} ${seconds(p.seconds)}`)
  return [
    `  started ${moment(s.started)}${s.ended === null ? '' : `, ended ${moment(s.ended)}`}`,
    ...(phases.length === 0 ? [] : [`  ${phases.join(', ')}`]),
    ...renderReading(report.label, report.reading).map((line) => `  ${line}`),
  ]
}

/** The run's state says how it ended; tables may have been mended since. */
export const sinceItsEnd = ({ mended: since, stopped }: RunSummary): string[] =>
  since === undefined
    ? []
    : [
        `since then ${plural(since.tables, 'table')} mended and proved by repair ${since.by}; ` +
          (stopped === 0 ? 'no table is stopped any more' : `${plural(stopped, 'table')} still stopped`),
      ]

const COLUMNS = [
  { title: 'table' },
  { title: 'rows read', align: 'right' },
  { title: 'loaded', align: 'right' },
  { title: 'counted', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'copy', align: 'right' },
  { title: 'indexes', align: 'right' },
  { title: 'constraints', align: 'right' },
  { title: 'state' },
] as const

function tables(all: readonly TableReport[], paint: Paint): string[] {
  const sum = (of: (t: TableReport) => number): number => all.reduce((total, t) => total + of(t), 0)
  const total = [
    paint('bold', plural(all.length, 'table')),
    count(sum((t) => t.rowsRead)),
    count(sum((t) => t.rowsLoaded)),
    all.some((t) => t.rowsCounted === null) ? '-' : count(sum((t) => t.rowsCounted ?? 0)),
    bytes(sum((t) => t.bytes)),
    seconds(sum((t) => t.seconds.copy)),
    seconds(sum((t) => t.seconds.indexes)),
    seconds(sum((t) => t.seconds.constraints)),
    '',
  ]
  return indent(table(COLUMNS, [...all.map((t) => cells(t, paint)), total], paint), 2)
}

/** A person who looks for "Album" in psql should know where it is. */
function lowered(all: readonly TableReport[]): string[] {
  const example = all.find((t) => t.table !== t.target && t.table.toLowerCase() === t.target)
  return example === undefined
    ? []
    : [`  names are lower case in the target: ${plain(example.table)} is ${plain(example.target)}`]
}

function cells(t: TableReport, paint: Paint): string[] {
  const short = t.rowsCounted !== null && t.rowsCounted !== t.rowsLoaded
  const counted = t.rowsCounted === null ? '-' : count(t.rowsCounted)
  const name = plain(t.table.toLowerCase() === t.target ? t.table : `${t.table} -> ${t.target}`)
  return [
    name,
    count(t.rowsRead),
    t.rowsRead === t.rowsLoaded ? count(t.rowsLoaded) : paint('red', count(t.rowsLoaded)),
    short ? paint('red', counted) : counted,
    bytes(t.bytes),
    seconds(t.seconds.copy),
    seconds(t.seconds.indexes),
    seconds(t.seconds.constraints),
    t.state === 'stopped' ? paint('red', t.state) : t.state,
  ]
}

/** Tables that a person set aside: not read on, and not proved. */
function skipped(all: readonly TableReport[], paint: Paint): string[] {
  const lines = all.flatMap(({ table: name, skipped: by }) =>
    by === undefined ? [] : [`  ${plain(name)}: by ${plain(by.by)} at ${moment(by.at)}: ${plain(by.why)}`],
  )
  return section('Skipped', lines.length, lines, paint)
}

/** What to do with tables that stopped. */
export const onceMended = (migration: string): string =>
  `Once mended: nightferry retry ${migration}; without one: nightferry skip ${migration} --table NAME --reason WHY`

/** What stopped a table: by key, column and reason. */
function failures({ tables: all, migration }: RunReport, paint: Paint): string[] {
  const stopped = all.filter((t) => t.failures.length > 0)
  const lines = stopped.flatMap((t) =>
    t.failures.flatMap((f) => [
      `  ${paint('bold', plain(t.table))}${f.column === null ? '' : `.${plain(f.column)}`}: ${paint('red', plain(f.message))}  ${paint('dim', `[${f.kind}]`)}`,
      ...(f.key === null ? [] : [`      row ${plain(f.key)}`]),
      ...(f.reason === null ? [] : [`      ${plain(f.reason)}`]),
      `      ${t.provedBy === undefined ? plain(f.remedy) : `since then mended and proved by repair ${t.provedBy}`}`,
    ]),
  )
  const next = all.some((t) => t.state === 'stopped') ? [`  ${onceMended(plain(migration))}`] : []
  return section('Stopped or refused', lines.length === 0 ? 0 : stopped.length, [...lines, ...next], paint)
}

const loss = (l: DeclaredLoss): string =>
  `  ${plain(`${l.table}.${l.column}`)}: ${plain(l.what)} in ${plural(l.rows, 'row')}`
