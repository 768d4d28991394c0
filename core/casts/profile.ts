import type { SourceCatalog, SourceColumn, SourceTable } from '../catalog.js'
import type { Config } from '../config/types.js'
import { selectTables } from '../plan/select-tables.js'
import type { Decision, ProfileAnswer, ProfileQuestion } from '../plan/types.js'
import { mayBeBoolean } from './house.js'
import { findRule } from './rules.js'

/** The largest value of PostgreSQL's bigint. */
const MAX_BIGINT = 9223372036854775807n
const DAY = 24n * 3600n * 1_000_000n

/** What has to be asked of the data before a plan can be made: only columns whose cast depends on it and has no rule. */
export function profileQuestions(catalog: SourceCatalog, config: Config): ProfileQuestion[] {
  return selectTables(catalog, config.tables).tables.flatMap((table) =>
    table.columns.flatMap((column) => {
      const ask = questionAbout(column, table)
      if (!ask || findRule(config.casts, table.name, column)?.rule.to !== undefined) return []
      return [{ table: table.name, column: column.name, ask }]
    }),
  )
}

function questionAbout(column: SourceColumn, table: SourceTable): ProfileQuestion['ask'] | null {
  if (mayBeBoolean(column) && !isKeyAlone(column, table)) return 'boolean'
  if (column.type.base === 'bigint' && column.type.unsigned) return 'fits-bigint'
  return column.type.base === 'time' ? 'within-a-day' : null
}

/** A table of two rows at most is a list with a short display width, so far; its key is no truth value. */
const isKeyAlone = (column: SourceColumn, table: SourceTable): boolean =>
  table.indexes.some((index) => index.unique && index.columns.length === 1 && index.columns[0]!.column === column.name)

/** The value that a table's counter would hand out next, digits. */
export interface Counter {
  readonly table: string
  readonly column: string
  readonly next: string
}

/** The counters of a catalog, by their columns. */
export function countersOf(catalog: SourceCatalog): Counter[] {
  return catalog.tables.flatMap((table) => {
    const column = table.columns.find((c) => c.autoIncrement)
    return column && table.nextIdentity !== null
      ? [{ table: table.name, column: column.name, next: table.nextIdentity }]
      : []
  })
}

/** Turns what the data said into decisions, in the order of table, column and question. */
export function decide(answers: readonly ProfileAnswer[], counters: readonly Counter[]): Decision[] {
  const next = new Map(counters.map((counter) => [keyOf(counter), counter.next]))
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return answers
    .map((answer) => decideOne(answer, next.get(keyOf(answer)) ?? null))
    .sort((a, b) => order(keyOf(a), keyOf(b)) || order(a.question, b.question))
}

const keyOf = (about: { readonly table: string; readonly column: string }): string => `${about.table}\0${about.column}`

function decideOne(answer: ProfileAnswer, counter: string | null): Decision {
  const { table, column, ask, smallest, largest } = answer
  const decision = (yes: boolean, because: string): Decision => ({ table, column, question: ask, answer: yes, because })
  if (ask === 'fits-bigint' && counter !== null && BigInt(counter) > MAX_BIGINT) {
    return decision(false, `the counter stands at ${counter}, above ${MAX_BIGINT}`)
  }
  if (smallest === null || largest === null) return decision(true, 'the column holds no value')
  const seen = `(smallest ${smallest}, largest ${largest})`
  switch (ask) {
    case 'boolean': {
      const yes = inside(wholeNumber(smallest), 0n, 1n) && inside(wholeNumber(largest), 0n, 1n)
      return decision(
        yes,
        `${yes ? 'every value is 0, 1 or NULL' : 'there are values other than 0, 1 and NULL'} ${seen}`,
      )
    }
    case 'fits-bigint': {
      const yes = inside(wholeNumber(largest), 0n, MAX_BIGINT)
      return decision(yes, `${yes ? 'every value fits bigint' : 'there are values that bigint cannot hold'} ${seen}`)
    }
    case 'within-a-day': {
      const yes = inside(microseconds(smallest), 0n, DAY) && inside(microseconds(largest), 0n, DAY)
      return decision(yes, `${yes ? 'every value lies within 24 hours' : 'there are values outside 24 hours'} ${seen}`)
    }
  }
}

/** Null, which is not inside anything, for what cannot be read: then the wider type is taken. */
const inside = (value: bigint | null, from: bigint, to: bigint): boolean =>
  value !== null && value >= from && value <= to

const wholeNumber = (text: string): bigint | null => (/^-?\d+$/.test(text) ? BigInt(text) : null)

function microseconds(text: string): bigint | null {
  const match = /^(-?)(\d{1,3}):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  if (!match) return null
  const [hours, minutes, seconds] = [match[2]!, match[3]!, match[4]!].map(BigInt) as [bigint, bigint, bigint]
  const value = ((hours * 60n + minutes) * 60n + seconds) * 1_000_000n + BigInt((match[5] ?? '').padEnd(6, '0'))
  return match[1] ? -value : value
}
