import { Failure } from '../../core/failure.js'
import type { PlannedTable } from '../../core/plan/types.js'
import type { DriverError } from './errors.js'

/** What PostgreSQL means by the code, without the value that its own message quotes. */
const WHAT: Readonly<Record<string, string>> = {
  '22001': 'a value is too long for its type',
  '22003': 'a number is out of range',
  '22007': 'a date or time cannot be read',
  '22008': 'a date or time is out of range',
  '22021': 'a text is not valid UTF-8 or holds a NUL byte',
  '22P02': 'a value cannot be read as its type',
  '22P03': 'a value cannot be read as its type',
  '22P04': 'the line does not have the columns of the table',
  '22P05': 'a text has a character that the encoding lacks',
  '23502': 'NULL stands in a column that forbids it',
  '23514': 'a value breaks a check',
  '23505': 'a key is there twice',
  '54000': 'the row does not fit a page',
}

/** Found when COPY writes up to 1,000 rows together: the line that it names then is the last it read, of another row. */
const ROW_TOO_BIG = '54000'

/**
 * The failure of one row in a COPY: its line (from 1, as COPY counts) and column are typed, so that the source can
 * name it by key; what the server quotes of its values stays private.
 */
export function copyRefusal(error: DriverError, code: string, table: PlannedTable): Failure {
  const place = copyPlace(error.where ?? '', table)
  const column = sourceColumn(table, error.column ?? place.column)
  const at = column === undefined ? '' : `, column ${column}`
  return new Failure(
    'row-refused',
    `The target refuses a row of ${table.source}${at}: ${WHAT[code] ?? 'its data'} (${code}).`,
    {
      table: table.source,
      ...(column === undefined ? {} : { column }),
      ...(place.line === undefined || code === ROW_TOO_BIG ? {} : { copyLine: place.line }),
      remedy: 'Correct the row in the source, or give its column another cast in the config.',
      private: { reason: [error.message, error.detail, error.where].filter((part) => part !== undefined).join('; ') },
    },
  )
}

/**
 * Reads `COPY orders, line 17, column total: "..."`, whatever the language of the server's messages: the table's name,
 * the first number, and the column that stands behind the second comma. Triggers and domains put lines before it.
 */
export function copyPlace(where: string, table: PlannedTable): { line?: number; column?: string } {
  const start = `COPY ${table.target}, `
  const context = where.split('\n').find((line) => line.startsWith(start))
  const match = /^\D*?(\d+)(?:, \S+ (.*))?/s.exec(context?.slice(start.length) ?? '')
  if (!match) return {}
  const rest = match[2]
  const names = table.columns.map((column) => column.target).sort((a, b) => b.length - a.length)
  const column = rest === undefined ? undefined : names.find((name) => isNameBefore(name, rest))
  return { line: Number(match[1]), ...(column === undefined ? {} : { column }) }
}

/** French puts a space before the colon; a column of a NULL has no value behind it in some versions. */
const isNameBefore = (name: string, rest: string): boolean =>
  rest === name || rest.startsWith(`${name}:`) || rest.startsWith(`${name} :`)

const sourceColumn = (table: PlannedTable, target: string | undefined): string | undefined =>
  target === undefined ? undefined : (table.columns.find((column) => column.target === target)?.source ?? target)
