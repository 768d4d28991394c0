import { bytes, count, moment, plural, seconds } from '../../core/numbers.js'
import type { TrendRun } from '../../core/trend.js'
import { jsonInPage, markup, type Html, type Part } from './html.js'
import type { PageDocument } from './page-document.js'
import { folded, runBadge, section, table } from './parts.js'

/** As the page's script reads it: lists side by side, since 60 runs of 500 tables are 60,000 numbers. */
interface TrendData {
  readonly runs: readonly string[]
  /** Of this page's run; -1: it is older. */
  readonly here: number
  readonly rows: readonly number[]
  readonly seconds: readonly (number | null)[]
  /** Runs that are not complete. */
  readonly apart: readonly number[]
  /** The biggest first: name, then rows and seconds in each run; null where it had no such table. */
  readonly tables: readonly (readonly [string, readonly (number | null)[], readonly (number | null)[]])[]
  /** How many more there are, which are only in the totals. */
  readonly others: number
}

/** Rows and seconds over the last runs: of all tables, and of one that is picked. */
export function trendPart({ trend, run: { summary } }: PageDocument): Part {
  const last = trend.at(-1)
  if (last === undefined) return false
  const data = trendData(trend, summary.run)
  const [first] = data.tables
  return section('trend', markup`Over the runs <span class="soft">(the last ${count(trend.length)})</span>`, [
    undrawn,
    markup`<div class="drawn"><div class="charts">
${chart('total-rows', 'Rows of all tables', rowsInWords(trend))}
${chart('total-seconds', 'Seconds from start to end', secondsInWords(trend, data.apart.length > 0))}
</div></div>`,
    folded('The same in numbers', runsTable(trend)),
    first !== undefined && picked(data),
    jsonInPage('trend-data', data),
  ])
}

export const undrawn = markup`<p class="undrawn soft">Charts are drawn by the page's own script, which does not run here: their numbers are in the tables.</p>`

export const chart = (id: string, title: string, said: string, style: '' | 'tall' = ''): Html =>
  markup`<figure class="chart"><figcaption id="${id}-title">${title}</figcaption><p class="soft small" id="${id}-said">${said}</p>
<div class="canvas${style !== '' && ` ${style}`}"><canvas id="${id}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-said"></canvas></div></figure>`

const picked = ({ tables, others }: TrendData): Html => markup`<div class="drawn">
<div class="picked"><label for="picked"><strong>One table</strong></label>
<select id="picked">${tables.map(([name], i) => markup`<option value="${i}">${name}</option>`)}</select>
<span class="soft small">the biggest first${others > 0 && `; ${plural(others, 'smaller one')} only in the charts of all tables`}</span></div>
<div class="charts">
${chart('table-rows', 'Its rows', '')}
${chart('table-seconds', 'Seconds that its steps took', '')}
</div>
<details id="picked-numbers"><summary>The same in numbers</summary>
<div class="scroll long" role="region" aria-label="Rows and seconds of the picked table" tabindex="0"><table><thead><tr><th scope="col">run</th><th scope="col" class="right">rows</th><th scope="col" class="right">seconds</th></tr></thead><tbody></tbody></table></div></details>
</div>`

export function trendData(trend: readonly TrendRun[], here: string): TrendData {
  const runs = trend.map(({ run }) => run)
  const biggest = biggestOf(trend)
  const of = new Map(
    biggest.slice(0, MOST_PICKED).map((name) => [name, { rows: runs.map(nothing), seconds: runs.map(nothing) }]),
  )
  trend.forEach(({ tables }, at) => {
    for (const one of tables) {
      const lists = of.get(one.table)
      if (lists === undefined) continue
      lists.rows[at] = one.rows
      lists.seconds[at] = rounded(one.seconds)
    }
  })
  return {
    ...{ runs, here: runs.indexOf(here) },
    rows: trend.map(({ rows }) => rows),
    seconds: trend.map((one) => (one.seconds === null ? null : rounded(one.seconds))),
    apart: trend.flatMap(({ state }, i) => (state === 'complete' ? [] : [i])),
    tables: [...of].map(([name, { rows, seconds: took }]) => [name, rows, took]),
    others: biggest.length - of.size,
  }
}

/** More of them make a page of many megabytes, and nobody looks for the 501st in a list. */
const MOST_PICKED = 500

const nothing = (): number | null => null

/** Names of tables, by their rows in the last run that had them; where the last run has enough, older ones are not looked at. */
function biggestOf(trend: readonly TrendRun[]): string[] {
  const rows = new Map<string, number>()
  for (const { tables } of trend.toReversed()) {
    if (rows.size >= MOST_PICKED) break
    for (const one of tables) if (!rows.has(one.table)) rows.set(one.table, one.rows)
  }
  return [...rows].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name)
}

/** To the millisecond. */
export const rounded = (s: number): number => Math.round(s * 1000) / 1000

const rowsInWords = (trend: readonly TrendRun[]): string =>
  inWords(
    trend.map(({ rows }) => rows),
    (n) => plural(n, 'row'),
  )

const secondsInWords = (trend: readonly TrendRun[], hasApart: boolean): string =>
  `${inWords(
    trend.flatMap(({ seconds: s }) => (s === null ? [] : [s])),
    seconds,
  )}${hasApart ? ' Red: not complete.' : ''}`

/** `Last 12 rows; between 10 and 12 over 60 runs.` */
function inWords(numbers: readonly number[], shown: (n: number) => string): string {
  const last = numbers.at(-1)
  if (last === undefined) return 'Nothing yet.'
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const range = least === most ? '' : `; least ${shown(least)}, most ${shown(most)}`
  return `Last ${shown(last)}${range}.`
}

const runsTable = (trend: readonly TrendRun[]): Html =>
  table({
    name: 'The last runs',
    columns: [
      { title: 'run' },
      { title: 'began' },
      { title: 'state' },
      { title: 'rows', right: true },
      { title: 'size', right: true },
      { title: 'took', right: true },
    ],
    rows: trend
      .toReversed()
      .map((one) => [
        markup`<span class="num">${one.run}</span>`,
        markup`<span class="num">${moment(one.started)}</span>`,
        runBadge({ ...one, skipped: one.tables.filter(({ state }) => state === 'skipped').length }),
        count(one.rows),
        bytes(one.bytes),
        one.seconds === null ? '-' : seconds(one.seconds),
      ]),
  })
