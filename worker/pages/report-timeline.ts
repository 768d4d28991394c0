import { seconds } from '../../core/numbers.js'
import type { StepSpan, TableReport } from '../../core/report.js'
import { jsonInPage, markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { folded, section, table } from './parts.js'
import { chart, rounded, undrawn } from './report-charts.js'

/** As the page's script reads it: for each step a span, or null, in each table. */
interface TimelineData {
  readonly tables: readonly string[]
  readonly steps: readonly { readonly step: StepSpan['step']; readonly spans: readonly ([number, number] | null)[] }[]
}

const STEPS = ['copy', 'indexes', 'constraints', 'vacuum', 'proof'] as const

/** As many as a person compares. */
const MOST = 12

/** When the slowest tables' steps were at work, in seconds since the run's start. */
export function timelinePart({ run: { report } }: PageDocument): Part {
  if (report === null || report.tables.length === 0) return false
  const slowest = report.tables.toSorted((a, b) => tookOf(b) - tookOf(a)).slice(0, MOST)
  const title =
    slowest.length === 1 ? 'When the table was worked on' : `When the ${slowest.length} slowest tables were worked on`
  const timed = slowest.filter(({ spans }) => spans !== undefined && spans.length > 0)
  if (timed.length === 0)
    return section(
      'timeline',
      title,
      markup`<p class="soft">Nobody wrote down when its steps were at work: a release before this one took the run. How long they took is in the table of all tables.</p>`,
    )
  const data = timelineData(timed)
  const said = `Seconds since the run's start. The slowest is ${timed[0]?.table ?? ''}, with ${seconds(tookOf(timed[0]))} of work.`
  return section('timeline', title, [
    undrawn,
    markup`<div class="drawn" style="--tall: ${80 + timed.length * 30}px">${chart('timeline-chart', 'By step', said, 'tall')}</div>`,
    folded('The same in numbers', inNumbers(timed)),
    jsonInPage('timeline-data', data),
  ])
}

const tookOf = (one: TableReport | undefined): number =>
  one === undefined ? 0 : one.seconds.copy + one.seconds.indexes + one.seconds.constraints + one.seconds.vacuum

export const timelineData = (tables: readonly TableReport[]): TimelineData => ({
  tables: tables.map(({ table: name }) => name),
  steps: STEPS.map((step) => ({
    step,
    spans: tables.map(({ spans = [] }) => {
      const found = spans.find((span) => span.step === step)
      return found === undefined ? null : ([rounded(found.from), rounded(found.to)] satisfies [number, number])
    }),
  })).filter(({ spans }) => spans.some((one) => one !== null)),
})

const inNumbers = (tables: readonly TableReport[]): Html =>
  table({
    name: 'When the steps of the slowest tables were at work',
    columns: [{ title: 'table' }, ...STEPS.map((title) => ({ title, right: true }))],
    rows: tables.map(({ table: name, spans = [] }) => [
      name,
      ...STEPS.map((step) => {
        const found = spans.find((span) => span.step === step)
        return found === undefined ? '-' : `${seconds(found.from)} to ${seconds(found.to)}`
      }),
    ]),
  })
