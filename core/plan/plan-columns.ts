import type { Cast } from '../cast.js'
import type { SourceTable } from '../catalog.js'
import { convertDefault } from '../casts/defaults.js'
import type { CastedColumn } from '../casts/linked.js'
import { fitName, targetName, type NameSpace } from '../names-of-objects.js'
import { quoteName, textArray } from '../sql-text.js'
import { carryComment } from './carry-comment.js'
import type { Notes } from './notes.js'
import type { PlannedCheck, PlannedColumn, PlannedEnum } from './types.js'

/** Claims a name for each enum type: by the subject of the column that owns it. */
export function nameEnums(columns: readonly CastedColumn[], space: NameSpace): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { labels, enumOf, table, column } of columns) {
    if (labels !== 'type' || enumOf !== `${table}.${column.name}`) continue
    names.set(enumOf, space.claim(`${targetName(table)}_${targetName(column.name)}`, `type ${enumOf}`))
  }
  return names
}

export function planColumns(
  table: SourceTable,
  columns: readonly CastedColumn[],
  enums: ReadonlyMap<string, string>,
  schema: string,
  notes: Notes,
): PlannedColumn[] {
  return columns.map((casted) => {
    const { column } = casted
    const cast = namedCast(casted, enums, schema)
    leaveBehind(table, casted, notes)
    const value = convertDefault(column, cast)
    if (!value.carried) notes.leave('default', column.name, table.name, value.reason, value.original)
    return {
      source: column.name,
      target: targetName(column.name),
      cast,
      notNull: !column.nullable && keepsNotNull(table, casted, notes),
      default: value.carried ? value.sql : null,
      comment: carryComment(column.comment, column.name, table.name, notes),
    }
  })
}

function namedCast({ cast, labels, enumOf }: CastedColumn, enums: ReadonlyMap<string, string>, schema: string): Cast {
  const name = labels === 'type' ? enums.get(enumOf) : undefined
  return name === undefined ? cast : { ...cast, to: `${quoteName(schema)}.${quoteName(name)}` }
}

function leaveBehind(table: SourceTable, { column }: CastedColumn, notes: Notes): void {
  if (column.generated) {
    const { expression, stored } = column.generated
    const reason = 'its values are carried as they are, new rows have none; the expression is not translated yet'
    notes.leave('generated', column.name, table.name, reason, `(${expression}) ${stored ? 'STORED' : 'VIRTUAL'}`)
  }
  if (column.onUpdate !== null) {
    notes.leave('on-update', column.name, table.name, 'an update does not set it yet', `ON UPDATE ${column.onUpdate}`)
  }
}

/** A rule that makes NULL of zero dates has to be able to; and what nothing computes any more, new rows do not have. */
function keepsNotNull(table: SourceTable, { column, cast }: CastedColumn, notes: Notes): boolean {
  if (column.generated) return isInPrimaryKey(table, column.name)
  if (!('onZero' in cast.encoding) || cast.encoding.onZero.do !== 'null') return true
  const subject = `${table.name}.${column.name}`
  if (isInPrimaryKey(table, column.name)) {
    const message = 'on_zero_date is null, but the column belongs to the primary key, which takes no NULL'
    notes.say(
      'blocking',
      'zero-date-in-key',
      subject,
      message,
      'give it a date instead, such as on_zero_date: 1970-01-01',
    )
    return true
  }
  const message = 'the column loses NOT NULL, because its zero dates become NULL'
  const remedy = `nothing, or a rule of its own: {column: ${subject}, on_zero_date: refuse} keeps NOT NULL`
  notes.say('warning', 'not-null-lost', subject, message, remedy)
  notes.leave('not-null', column.name, table.name, 'its zero dates become NULL', 'NOT NULL')
  return false
}

const isInPrimaryKey = (table: SourceTable, column: string): boolean =>
  table.indexes.some((index) => index.primary && index.columns.some((part) => part.column === column))

/** The types that this table's columns own. */
export function planEnums(columns: readonly CastedColumn[], enums: ReadonlyMap<string, string>): PlannedEnum[] {
  return columns.flatMap(({ table, column }) => {
    const name = enums.get(`${table}.${column.name}`)
    return name === undefined ? [] : [{ name, labels: column.type.labels }]
  })
}

/** Checks hold labels that no type holds. NULL passes, as everywhere. */
export function planChecks(columns: readonly CastedColumn[]): PlannedCheck[] {
  return columns.flatMap(({ table, column, labels }) => {
    if (labels !== 'text-check' && labels !== 'array-check') return []
    const target = targetName(column.name)
    const list = textArray(column.type.labels)
    const expression =
      labels === 'text-check' ? `${quoteName(target)} = ANY (${list})` : `${quoteName(target)} <@ ${list}`
    return [{ name: fitName(`${targetName(table)}_${target}_check`), expression }]
  })
}
