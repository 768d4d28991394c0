import type { ReadLabel } from '../../core/run.js'
import type { ReportedReading } from '../../core/snapshot.js'
import { count, moment, plural } from '../../core/numbers.js'
import { READ_LABELS } from '../../core/words.js'
import { plain } from './text.js'

/** Of which moment the rows are, where that is in the source's log, and what it cost the source. */
export function renderReading(label: ReadLabel, reading: ReportedReading | undefined): string[] {
  const lines: string[] = [READ_LABELS[label]]
  if (reading === undefined) return lines
  const { reason, snapshot, rowsAgain } = reading
  if (reason !== null) lines.push(`because: ${plain(reason)}`)
  if (snapshot !== null) {
    const where = snapshot.position === null ? '' : `, position ${plain(snapshot.position)}`
    const tries = snapshot.attempts > 1 ? `, asked for ${snapshot.attempts} times` : ''
    lines.push(
      `${label === 'snapshot' ? 'moment' : 'until then of'} ${moment(snapshot.moment)}${where}; writes were blocked for ${milliseconds(snapshot.blockedMs)} (${snapshot.lock}${tries})`,
    )
    if (snapshot.locked.length > 0)
      lines.push(`no snapshot covers ${names(snapshot.locked)}: locked against writers until they were read`)
    if (snapshot.labelled.length > 0) lines.push(`no snapshot covers ${names(snapshot.labelled)}: best-effort`)
  }
  if (rowsAgain > 0) lines.push(`at least ${plural(rowsAgain, 'row')} read more than once`)
  return lines
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : count(ms)} ms`

const MOST_NAMES = 5

function names(tables: readonly string[]): string {
  const shown = tables.slice(0, MOST_NAMES).map(plain).join(', ')
  return tables.length > MOST_NAMES ? `${shown} and ${tables.length - MOST_NAMES} more` : shown
}
