import type { TableMemory } from '../memory.js'
import type { Compared, News } from '../news.js'

const GONE = 'nothing, where that was meant; else see whether the source has it, and tables.include and exclude'

/** Tables, columns and indexes that came, went or are otherwise. Of a new table its columns are no news of their own. */
export function shapeNews({ name, now, then }: Compared): News[] {
  if (then === null)
    return now === null ? [] : [tell('table-new', name, 'is new', 'nothing, or leave it out: tables.exclude')]
  if (now === null) return [tell('table-gone', name, 'is not carried any more', GONE)]
  return [...columns(name, now, then), ...indexes(name, now, then)]
}

type Column = TableMemory['columns'][number]

function columns(table: string, now: TableMemory, then: TableMemory): News[] {
  const before = new Map(then.columns.map((column) => [column.name, column]))
  const after = new Set(now.columns.map(({ name }) => name))
  return [
    ...now.columns.flatMap((column) => columnNews(`${table}.${column.name}`, column, before.get(column.name))),
    ...then.columns
      .filter(({ name }) => !after.has(name))
      .map(({ name }) =>
        tell('column-gone', `${table}.${name}`, 'is not there any more', 'see that nothing in the target asks for it'),
      ),
  ]
}

function columnNews(subject: string, now: Column, then: Column | undefined): News[] {
  const rule = `nothing, or a rule of your own: {column: ${subject}, to: ...}`
  if (then === undefined) return [tell('column-new', subject, `is new: ${now.source} becomes ${now.target}`, rule)]
  const changes = [
    ...(now.source === then.source ? [] : [`${now.source} in the source, was ${then.source}`]),
    ...(now.target === then.target ? [] : [`${now.target} in the target, was ${then.target}`]),
  ]
  if (changes.length === 0) return []
  return [tell('column-changed', subject, `is ${changes.join('; ')}`, `see that the application takes it; ${rule}`)]
}

function indexes(table: string, now: TableMemory, then: TableMemory): News[] {
  const missing = (of: TableMemory, from: TableMemory): string[] =>
    of.indexes.filter((one) => !from.indexes.includes(one))
  return [
    ...missing(now, then).map((index) =>
      tell('index-new', table, `index ${index} is new`, 'nothing: it is made in the target too'),
    ),
    ...missing(then, now).map((index) =>
      tell(
        'index-gone',
        table,
        `index ${index} is not there any more`,
        'nothing, where that was meant; queries may be slower',
      ),
    ),
  ]
}

const tell = (kind: News['kind'], subject: string, what: string, remedy: string): News => ({
  kind,
  subject,
  what,
  remedy,
})
