import type { SourceColumn, SourceType } from '../catalog.js'
import type { Finding } from '../finding.js'
import type { SourceFamily } from './family.js'
import type { Told } from './house.js'

/** What a person should know about a cast of the house. Without numbers from the data: the plan's hash holds findings. */
export function houseFindings(
  column: SourceColumn,
  subject: string,
  family: SourceFamily,
  told: Told,
  to: string,
): Finding[] {
  const findings: Finding[] = []
  const say = (name: string, severity: Finding['severity'], message: string, remedy: string): number =>
    findings.push({ name, severity, subject, message, remedy })
  const { type } = column

  if (told.boolean === false) {
    say(
      'not-boolean',
      'info',
      `tinyint(1) holds values other than 0 and 1, so it becomes ${to}`,
      `nothing, or a rule of your own: {column: ${subject}, to: ...}`,
    )
  }
  if (to === 'numeric(20,0)' && family === 'integer') {
    say(
      'beyond-bigint',
      'warning',
      'values or the counter pass 9223372036854775807, so bigint unsigned becomes numeric(20,0)',
      'know that joins with bigint columns lose their index, and that numeric columns cannot be identity columns',
    )
  }
  if (family === 'time' && told.withinDay === false) {
    say('time-beyond-a-day', 'info', 'values lie outside 24 hours, so time becomes interval', 'nothing')
  }
  if (family === 'geometry' && to === 'bytea') {
    say(
      'geometry-as-bytes',
      'warning',
      `${type.declared} becomes bytea (WKB: x before y, without the SRID), because the target has no PostGIS`,
      'install PostGIS in the target and apply again, or take it as it is',
    )
  }
  if (family === 'enum' && to === 'text') {
    say(
      'enum-as-text',
      'info',
      'a label is longer than 63 bytes, so the enum becomes text with a check',
      'nothing, or shorten the label',
    )
  }
  if (type.labels.some((label) => label.includes('\0'))) {
    say(
      'label-with-nul',
      'blocking',
      `a label of ${column.name} holds a NUL byte, which no text of PostgreSQL can`,
      `rename the label in the source, or keep no list of labels: {column: ${subject}, to: text}`,
    )
  }
  if (type.zerofill) {
    say(
      'zerofill-not-carried',
      'info',
      `${type.declared} shows leading zeros, which PostgreSQL's numbers do not have`,
      `nothing, or format where the number is shown: lpad(x::text, greatest(${shownWidth(type)}, length(x::text)), '0')`,
    )
  }
  return findings
}

/** Characters that zerofill fills up to; lpad alone would cut what is longer. */
const shownWidth = ({ length, precision, scale }: SourceType): number => length ?? (precision ?? 10) + (scale ? 1 : 0)
