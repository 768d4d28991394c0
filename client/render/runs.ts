import type { RunSummary } from '../../core/run.js'
import type { Paint } from '../output.js'
import { bytes, count, plural, seconds } from '../../core/numbers.js'
import { paintState, sinceItsEnd } from './report.js'
import { table } from './table.js'
import { plain } from './text.js'

const COLUMNS = [
  { title: 'run' },
  { title: 'version', align: 'right' },
  { title: 'state' },
  { title: 'tables', align: 'right' },
  { title: 'rows', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'took', align: 'right' },
  { title: 'read' },
  { title: '' },
] as const

/** Newest first, one line each. */
export function renderRuns(runs: readonly RunSummary[], paint: Paint): string[] {
  return table(
    COLUMNS,
    runs.map((run) => (run.state === 'refused' ? refused(run, paint) : cells(run, paint))),
    paint,
  )
}

const cells = (r: RunSummary, paint: Paint): string[] => [
  r.run,
  String(r.version),
  paintState(r.state, paint),
  r.stopped === 0 ? count(r.tables) : `${count(r.tables - r.stopped)} of ${count(r.tables)}`,
  count(r.rows),
  bytes(r.bytes),
  r.ended === null ? '-' : seconds((Date.parse(r.ended) - Date.parse(r.started)) / 1000),
  r.label,
  [...published(r), plain(r.reason ?? ''), ...skipped(r), ...sinceItsEnd(r)].filter(Boolean).join('; '),
]

/** A night that could not be taken read nothing. */
const refused = (r: RunSummary, paint: Paint): string[] => [
  ...[r.run, r.version === 0 ? '-' : String(r.version), paintState(r.state, paint)],
  ...['-', '-', '-', '-', '-', plain(r.reason ?? '')],
]

/** In place there is nothing to publish. */
const published = ({ published: state }: RunSummary): string[] =>
  state === undefined || state === 'in place' ? [] : [state]

const skipped = ({ skipped: tables = 0 }: RunSummary): string[] =>
  tables === 0 ? [] : [`${plural(tables, 'table')} skipped`]
