import type { AuditEntry } from '../../core/audit.js'
import type { Hold } from '../../core/hold.js'
import type { Paint } from '../output.js'
import { moment } from '../../core/numbers.js'
import { table } from './table.js'
import { plain } from './text.js'

/** Whose commands are shown: of which migration, and typed by whom. */
export interface Reader {
  readonly migration: string
  /** The user of the operating system: their own holds they lift without an id. */
  readonly me: string
}

/** `h1 by ada since 2026-11-20 03:00:00 UTC, table orders: release freeze` */
export const holdLine = ({ id, by, at, table: name, why }: Hold): string =>
  `${id} by ${plain(by)} since ${moment(at)}${name === null ? '' : `, table ${plain(name)}`}: ${plain(why)}`

/** What a person does about it, and when it goes by itself. */
export function remedyLine(hold: Hold, reader: Reader): string {
  const remedy = hold.remedy === null ? '' : `${ended(plain(hold.remedy))} `
  if (hold.lifts !== null) return `${remedy}It goes on by itself ${liftsWhen(hold.lifts)}.`
  // A resume does not make it night.
  if (hold.kind === 'window') return `${remedy}Other hours: \`nightferry set ${reader.migration} window=...\`.`
  return hold.remedy === null
    ? `It goes on with \`${resumeCommand(hold, reader)}\`.`
    : `${remedy}Then: \`${resumeCommand(hold, reader)}\`.`
}

const ended = (sentence: string): string => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`)

const liftsWhen = ({ when, at }: NonNullable<Hold['lifts']>): string =>
  `when ${plain(when)}${at === null ? '' : `, at ${moment(at)}`}`

/** One's own, and failures, which are nobody's, need no id. */
export function resumeCommand({ id, kind, by, table: name }: Hold, { migration, me }: Reader): string {
  const mine = kind === 'failure' || (kind === 'operator' && by === me)
  if (!mine) return `nightferry resume ${migration} --hold ${id}`
  return `nightferry resume ${migration}${name === null ? '' : ` --table ${quoted(name)}`}`
}

const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `'${plain(name).replaceAll("'", `'\\''`)}'`)

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
