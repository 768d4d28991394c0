import type { AuditEntry } from '../../core/audit.js'
import type { Hold } from '../../core/hold.js'
import { type Reader, remedyLine } from '../../core/hold-words.js'
import type { Paint } from '../output.js'
import { moment } from '../../core/numbers.js'
import { table } from './table.js'
import { plain } from './text.js'

const COLUMNS = [
  { title: 'hold' },
  { title: 'kind' },
  { title: 'of' },
  { title: 'by' },
  { title: 'since' },
  { title: 'lifted' },
  { title: 'why' },
] as const

/** `holds`: what waits and why, with the remedies below. */
export function renderHolds(holds: readonly Hold[], reader: Reader, paint: Paint): string[] {
  if (holds.length === 0) return [`Nothing holds ${paint('bold', reader.migration)}.`]
  const rows = holds.map((hold) => [
    hold.id,
    hold.kind,
    hold.table === null ? 'everything' : plain(hold.table),
    plain(hold.by),
    moment(hold.at),
    hold.lifts === null ? 'by a person' : 'by itself',
    plain(hold.why),
  ])
  return [
    ...table(COLUMNS, rows, paint),
    '',
    ...holds.map((hold) => `${paint('bold', hold.id)}: ${remedyLine(hold, reader)}`),
  ]
}

const AUDIT = [{ title: 'at' }, { title: 'what' }, { title: 'by' }, { title: 'why' }, { title: '' }] as const

/** Newest first, as they come. */
export const renderAudit = (entries: readonly AuditEntry[], paint: Paint): string[] =>
  table(
    AUDIT,
    entries.map(({ at, what, by, why, about }) => [moment(at), plain(what), plain(by), plain(why), aboutOf(about)]),
    paint,
  )

const aboutOf = (about: AuditEntry['about']): string =>
  Object.entries(about)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${plain(name)} ${plain(String(value))}`)
    .join(', ')
