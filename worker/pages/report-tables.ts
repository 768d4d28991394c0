import { bytes, count, plural, seconds } from '../../core/numbers.js'
import type { TableProof } from '../../core/proof.js'
import type { RunReport, TableReport } from '../../core/report.js'
import type { TableState } from '../../core/run.js'
import { sinceWords } from '../../core/since-words.js'
import { markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { badge, section, table, time, type Cell } from './parts.js'
import { verdictBadge } from './report-evidence.js'
import { advice, spoken } from './spoken.js'
import type { Tone } from './verdict.js'

/** Tables that stopped, or had rows refused: what to do; keys and values stay in the ledger. */
export function stoppedPart({ run: { report, migration } }: PageDocument): Part {
  const apart = report?.tables.filter(({ failures }) => failures.length > 0) ?? []
  if (apart.length === 0) return false
  return section('stopped', markup`Stopped or refused <span class="soft">(${count(apart.length)})</span>`, [
    markup`<ul class="items">${apart.slice(0, MOST_TABLES).map(stopped)}</ul>`,
    apart.length > MOST_TABLES &&
      markup`<p class="soft small aside">And ${count(apart.length - MOST_TABLES)} more.</p>`,
    markup`<p class="soft small aside">Which rows they are: <code>nightferry report ${migration}</code></p>`,
  ])
}

const stopped = ({ table: name, state, failures, provedBy }: TableReport): Html =>
  markup`<li>${failures.map(
    ({ kind, message, remedy, column }) => markup`<div class="head">${stateBadge(state)}
<strong>${name}${column !== null && `.${column}`}</strong> <span>${spoken(message)} <span class="soft">[${kind}]</span></span></div>
<p class="remedy">${provedBy === undefined ? advice(remedy) : `Since then mended and proved by repair ${provedBy}.`}</p>`,
  )}</li>`

/** More of them make a page of many megabytes. */
const MOST_TABLES = 500

/** Each table and what it took; 500 of them are scrolled in a window of their own. */
export function tablesPart({ run: { report, migration } }: PageDocument): Part {
  if (report === null || report.tables.length === 0) return false
  const proofs = new Map(report.proofs[0]?.tables.map((one) => [one.table, one]))
  return section('tables', markup`Tables <span class="soft">(${count(report.tables.length)})</span>`, [
    table({
      ...{ name: 'Tables of this run', id: 'all-tables', sorts: true, columns: COLUMNS },
      rows: shownOf(report.tables, proofs).map((one) => cells(one, proofs.get(one.table))),
      total: totals(report),
    }),
    report.tables.length > MOST_TABLES &&
      markup`<p class="soft small aside">These are ${count(MOST_TABLES)} of ${plural(report.tables.length, 'table')}: those that are not done, not equal or not whole, then the biggest. The last line is of all of them. Each one: <code>nightferry report ${migration} --json</code></p>`,
    since(report),
  ])
}

/** In their own order; where they are too many, those that a person must see, and the biggest. */
function shownOf(tables: readonly TableReport[], proofs: ReadonlyMap<string, TableProof>): readonly TableReport[] {
  if (tables.length <= MOST_TABLES) return tables
  const isWell = ({ table: name, state, rowsRead, rowsLoaded, failures }: TableReport): number =>
    state === 'done' && rowsRead === rowsLoaded && failures.length === 0 && isEqual(proofs.get(name)) ? 1 : 0
  const first = tables.toSorted((a, b) => isWell(a) - isWell(b) || b.bytes - a.bytes).slice(0, MOST_TABLES)
  const shown = new Set(first)
  return tables.filter((one) => shown.has(one))
}

const isEqual = (proof: TableProof | undefined): boolean => proof === undefined || proof.verdict === 'equal'

const COLUMNS = [
  { title: 'table' },
  { title: 'state' },
  { title: 'proof' },
  { title: 'rows read', right: true },
  { title: 'loaded', right: true },
  { title: 'counted', right: true },
  { title: 'size', right: true },
  { title: 'copy', right: true },
  { title: 'indexes', right: true },
  { title: 'constraints', right: true },
  { title: 'vacuum', right: true },
] as const

function cells(one: TableReport, proof: TableProof | undefined): Cell[] {
  const { table: name, target, rowsRead, rowsLoaded, rowsCounted, seconds: took } = one
  const number = (n: number, shown: string, isWrong = false): Cell => ({
    shown: isWrong ? markup`<strong class="bad">${shown}</strong>` : shown,
    sorted: n,
  })
  return [
    name.toLowerCase() === target ? name : markup`${name} <span class="soft">as ${target}</span>`,
    stateBadge(one.state),
    proof === undefined ? markup`<span class="soft">none</span>` : verdictBadge(proof.verdict),
    number(rowsRead, count(rowsRead)),
    number(rowsLoaded, count(rowsLoaded), rowsLoaded !== rowsRead),
    rowsCounted === null
      ? { shown: '-', sorted: -1 }
      : number(rowsCounted, count(rowsCounted), rowsCounted !== rowsLoaded),
    number(one.bytes, bytes(one.bytes)),
    ...STEPS.map((step) => number(took[step], seconds(took[step]))),
  ]
}

const STEPS = ['copy', 'indexes', 'constraints', 'vacuum'] as const

function totals({ tables }: RunReport): Part[] {
  const sum = (of: (one: TableReport) => number): number => tables.reduce((all, one) => all + of(one), 0)
  return [
    plural(tables.length, 'table'),
    '',
    '',
    count(sum((one) => one.rowsRead)),
    count(sum((one) => one.rowsLoaded)),
    tables.some((one) => one.rowsCounted === null) ? '-' : count(sum((one) => one.rowsCounted ?? 0)),
    bytes(sum((one) => one.bytes)),
    ...STEPS.map((step) => seconds(sum((one) => one.seconds[step]))),
  ]
}

/** What became of tables since the run's end, and those that a person set aside. */
function since({ tables }: RunReport): Part {
  const skips = tables.flatMap(({ table: name, skipped }) =>
    skipped === undefined ? [] : [markup`${name}: set aside by ${skipped.by} at ${time(skipped.at)}: ${skipped.why}`],
  )
  const lines = [...skips, ...sinceWords(tables).map(spoken)]
  return lines.map((line) => markup`<p class="small soft aside">${line}</p>`)
}

const STATE_TONE: Readonly<Record<TableState, Tone | 'none'>> = {
  ...{ waiting: 'none', copying: 'busy', copied: 'busy', indexed: 'busy' },
  ...{ done: 'good', stopped: 'bad', skipped: 'warn' },
}

const stateBadge = (state: TableState): Html => badge(STATE_TONE[state], state)
