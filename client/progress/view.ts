import { expectedRows, type Rates } from '../../core/progress.js'
import type { RunProgress } from '../../core/report.js'
import { aboutRows, bytes, count, plural, timeLeft } from '../../core/numbers.js'
import { tablesWords } from '../../core/words.js'

/** Everything that a progress view shows at one moment. */
export interface View {
  readonly migration: string
  readonly progress: RunProgress
  readonly rates: Rates
  readonly trouble: readonly string[]
  /** Everything waits: nothing changes until that does. */
  readonly held?: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/** `1,234,567 of about 2,000,000 rows, 98.2 MB, 120,000 rows/s, about 12 s left` */
export function totals(view: View): string {
  const { tables } = view.progress
  const rows = tables.reduce((sum, t) => sum + t.rows, 0)
  const expected = tables.reduce((sum, t) => sum + expectedRows(t), 0)
  const size = tables.reduce((sum, t) => sum + t.bytes, 0)
  const copying = view.progress.phase === 'clone'
  return [
    copying ? `${count(rows)} of ${aboutRows(Math.max(rows, expected))}` : plural(rows, 'row'),
    bytes(size),
    ...(copying && view.rates.rows !== null ? [`${count(view.rates.rows)} rows/s`] : []),
    ...(copying && view.rates.left !== null ? [`about ${timeLeft(view.rates.left)} left to copy`] : []),
  ].join(', ')
}

export function tableCounts(progress: RunProgress): string {
  const of = (...states: string[]): number => progress.tables.filter((t) => states.includes(t.state)).length
  const stopped = of('stopped')
  const skipped = of('skipped')
  const { done, word } = tablesWords(progress)
  return `${count(done)} of ${count(progress.tables.length)} tables ${word}${stopped === 0 ? '' : `, ${count(stopped)} stopped`}${skipped === 0 ? '' : `, ${count(skipped)} skipped`}`
}
