import type { Hold } from './hold.js'
import { moment } from './numbers.js'
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
