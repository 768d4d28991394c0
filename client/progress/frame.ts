import { shareOf } from '../../core/progress.js'
import type { RunProgress, TableProgress } from '../../core/report.js'
import type { Paint } from '../output.js'
import { about, bytes, count, seconds } from '../../core/numbers.js'
import { table } from '../render/table.js'
import { indent, plain, shorten } from '../render/text.js'
import { tableCounts, totals, type View } from './view.js'

const COLUMNS = [
  { title: '' },
  { title: '' },
  { title: 'rows', align: 'right' },
  { title: 'of' },
  { title: 'size', align: 'right' },
  { title: 'rows/s', align: 'right' },
  { title: '' },
] as const

const BAR = 12
const NAME = 32

/** One picture for a terminal, at most `lines` lines: the tables that are worked on, the others as counts. */
export function frame(view: View, paint: Paint, lines: number): string[] {
  const { progress } = view
  const took = seconds(Math.max(0, view.now - Date.parse(progress.started)) / 1000)
  const shown = worthShowing(progress, Math.max(1, lines - 6 - view.trouble.length))
  return [
    `${paint('bold', view.migration)}  run ${progress.run}  ${paint('cyan', progress.phase)}${view.held ? paint('yellow', ', held') : ''}  ${took}`,
    ...(shown.length === 0
      ? []
      : indent(
          table(
            COLUMNS,
            shown.map((t) => cells(t, view, paint)),
            paint,
          ),
          2,
        )),
    `  ${tableCounts(progress)}${others(progress, shown)}`,
    `  ${totals(view)}`,
    ...view.trouble.map((line) => `  ${paint('yellow', plain(line))}`),
  ]
}

/** Active ones first, biggest first, then those that stopped. */
function worthShowing(progress: RunProgress, limit: number): TableProgress[] {
  const biggest = progress.tables.toSorted((a, b) => b.estimatedBytes - a.estimatedBytes)
  const active = biggest.filter((t) => t.doing !== null || t.state === 'copying')
  const stopped = biggest.filter((t) => t.state === 'stopped' && !active.includes(t))
  return [...active, ...stopped].slice(0, limit)
}

function others(progress: RunProgress, shown: readonly TableProgress[]): string {
  const waiting = progress.tables.filter((t) => t.state === 'waiting' && !shown.includes(t)).length
  return waiting === 0 ? '' : `, ${count(waiting)} waiting`
}

function cells(t: TableProgress, view: View, paint: Paint): string[] {
  const rate = view.rates.byTable.get(t.table)
  return [
    shorten(plain(t.table), NAME),
    bar(shareOf(t), paint),
    count(t.rows),
    t.state === 'copying' ? about(Math.max(t.rows, t.estimatedRows)) : '',
    bytes(t.bytes),
    t.state === 'copying' && rate !== undefined ? count(rate) : '',
    t.state === 'stopped' ? paint('red', 'stopped') : plain(t.doing ?? t.state),
  ]
}

function bar(share: number, paint: Paint): string {
  const full = Math.round(share * BAR)
  return '█'.repeat(full) + paint('dim', '░'.repeat(BAR - full))
}
