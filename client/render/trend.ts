import type { Trend, TrendRun } from '../../core/trend.js'
import type { Paint } from '../output.js'
import { bytes, count, plural, seconds } from '../../core/numbers.js'
import { plain, wrap } from './text.js'
import { chart } from './trend-chart.js'

/** What is drawn of each run; a table's own numbers where one was asked for. */
interface Measured {
  /** ISO 8601, UTC. */
  readonly started: string
  readonly rows: number
  readonly bytes: number
  readonly seconds: number
}

const CHARTS = [
  { what: 'rows', of: (m: Measured) => m.rows, spell: (n: number) => count(n) },
  { what: 'bytes', of: (m: Measured) => m.bytes, spell: bytes },
  { what: 'seconds', of: (m: Measured) => m.seconds, spell: seconds },
] as const

/** Rows, bytes and seconds over the runs: a line of words and a chart of each. Runs that have not ended are left out. */
export function renderTrend(trend: Trend, columns: number, paint: Paint): string[] {
  const { migration, table, runs } = trend
  const measured = runs.flatMap((run) => measuredOf(run, table))
  const labels = labelsOf(measured.map(({ started }) => started))
  const subject = plain(table === null ? migration : `${migration}, table ${table}`)
  if (measured.length === 0) return [`${subject}: no run has ended yet.`]
  return [
    `${paint('bold', subject)}: ${span(measured, labels)}`,
    ...leftOut(runs.length - measured.length, table),
    ...CHARTS.flatMap(({ what, of, spell }) => {
      const points = measured.map((one, i) => ({ label: labels[i] ?? '', value: of(one) }))
      const words = inWords(
        points.map(({ value }) => value),
        spell,
      )
      return ['', ...wrap(`${what}: ${words}`, columns), ...chart(points, spell, columns, paint)]
    }),
    ...(measured.length === 1 ? ['', 'A line is drawn from the second run on.'] : []),
  ]
}

function measuredOf(run: TrendRun, table: string | null): Measured[] {
  const { started } = run
  if (run.seconds === null) return []
  if (table === null) return [{ started, rows: run.rows, bytes: run.bytes, seconds: run.seconds }]
  return run.tables
    .filter((one) => one.table === table)
    .map((one) => ({ started, rows: one.rows, bytes: one.bytes, seconds: one.seconds }))
}

/** `2026-11-20`; where a day has several runs, with the time of each (UTC, as everywhere), and without what all of them share. */
export function labelsOf(started: readonly string[]): string[] {
  const days = started.map((one) => one.slice(0, 10))
  if (new Set(days).size === days.length) return days
  const minutes = started.map((one) => one.slice(0, 16))
  const end = new Set(minutes).size === minutes.length ? 16 : 19
  const isOneDay = new Set(days).size === 1
  return started.map((one) => one.slice(isOneDay ? 11 : 5, end).replace('T', ' '))
}

function span(measured: readonly Measured[], labels: readonly string[]): string {
  const [first = '', last = ''] = [measured[0]?.started.slice(0, 10), measured.at(-1)?.started.slice(0, 10)]
  const runs = plural(measured.length, 'run')
  if (first !== last) return `${runs}, ${first} to ${last}`
  return measured.length === 1 ? `${runs}, ${first}` : `${runs}, ${first} ${labels[0]} to ${labels.at(-1)} UTC`
}

/** Runs that have nothing to draw are said, so that nobody counts the marks. */
function leftOut(without: number, table: string | null): string[] {
  if (without <= 0) return []
  const why = table === null ? 'not ended yet' : 'not ended yet, or nothing remembered of this table'
  return [`Left out: ${plural(without, 'run')} (${why}).`]
}

function inWords(values: readonly number[], spell: (value: number) => string): string {
  const [first = 0, last = 0] = [values[0], values.at(-1)]
  if (values.length === 1) return spell(last)
  const range = `least ${spell(Math.min(...values))}, most ${spell(Math.max(...values))}`
  return `last ${spell(last)}; ${range}; ${change(first, last)} since the first`
}

function change(first: number, last: number): string {
  if (first === last) return 'no change'
  if (first === 0) return 'from nothing'
  const times = last / first
  if (times >= 10) return `${times.toFixed(0)} times as much`
  const percent = Math.abs(times - 1) * 100
  const said = percent >= 9.95 ? percent.toFixed(0) : percent < 0.05 ? 'less than 0.1' : percent.toFixed(1)
  return `${last > first ? '+' : '-'}${said} %`
}
