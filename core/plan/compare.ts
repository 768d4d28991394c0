import { formatBytes } from '../config/bytes.js'
import type { Plan, PlanChange, PlannedColumn, PlannedForeignKey, PlannedIndex, PlannedTable } from './types.js'

/** What `apply` shows against the applied version: what was decided, never estimates and counters. */
export function comparePlans(before: Plan, after: Plan): PlanChange[] {
  return compare(partsOf(before), partsOf(after))
}

/** A part of a plan that a person may know by name, with its text and the table that it belongs to. */
interface Part {
  readonly text: string
  readonly table: string | null
}

type Parts = ReadonlyMap<string, Part>

function compare(before: Parts, after: Parts): PlanChange[] {
  const comesOrGoes = (table: string): boolean => before.has(`table ${table}`) !== after.has(`table ${table}`)
  const changes: PlanChange[] = []
  for (const subject of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(subject), after.get(subject)]
    const table = (was ?? is)!.table
    // A table that comes or goes says it all; its parts would only repeat it.
    if (was?.text === is?.text || (table !== null && subject !== `table ${table}` && comesOrGoes(table))) continue
    const change = !was ? 'added' : !is ? 'removed' : 'changed'
    changes.push({ change, subject, before: was?.text ?? null, after: is?.text ?? null })
  }
  return changes
}

function partsOf(plan: Plan): Parts {
  const parts = new Map<string, Part>()
  const add = (subject: string, text: string, table: string | null = null) => parts.set(subject, { text, table })
  add('source', `${plan.source.connection} (${plan.source.product}), database ${plan.source.database}`)
  add('target', `${plan.target.connection}, database ${plan.target.database ?? '(of the connection)'}`)
  add('schema', plan.target.schema)
  add('limit parallelism', String(plan.limits.parallelism))
  add('limit chunk_bytes', formatBytes(plan.limits.chunkBytes))
  if (plan.limits.rowsPerSecond !== undefined) add('limit rows_per_second', String(plan.limits.rowsPerSecond))
  if (plan.limits.window !== undefined) add('limit window', plan.limits.window)
  for (const table of plan.tables) {
    for (const [subject, text] of tableParts(table)) add(subject, text, table.source)
  }
  for (const { kind, name, table, original } of plan.notCarried) {
    add(`not carried: ${kind} ${table === null || table === name ? name : `${table}.${name}`}`, original, table)
  }
  return parts
}

function tableParts(table: PlannedTable): [string, string][] {
  const name = table.source
  return [
    [`table ${name}`, withComment(table.target, table.comment)],
    ...table.columns.map((column): [string, string] => [`column ${name}.${column.source}`, columnText(table, column)]),
    [`key ${name}`, table.key ? `${table.key.index} (${table.key.columns.map((c) => c.column).join(', ')})` : 'none'],
    ...(table.primaryKey ? [[`primary key ${name}`, indexText(table.primaryKey)] as [string, string]] : []),
    ...table.indexes.map((index): [string, string] => [`index ${name}.${index.source}`, indexText(index)]),
    ...table.foreignKeys.map((key): [string, string] => [`foreign key ${name}.${key.source}`, foreignKeyText(key)]),
    ...table.enums.map((type): [string, string] => [`type ${name}.${type.name}`, JSON.stringify(type.labels)]),
    ...table.checks.map((check): [string, string] => [`check ${name}.${check.name}`, check.expression]),
  ]
}

const withComment = (text: string, comment: string): string =>
  comment ? `${text}, comment ${JSON.stringify(comment)}` : text

function columnText(table: PlannedTable, column: PlannedColumn): string {
  const parts = [`${column.target} ${column.cast.to} from ${column.cast.from}`]
  const { encoding } = column.cast
  // The same two types may still be read in another way.
  parts.push(
    'onZero' in encoding ? `as ${encoding.as}, zero dates ${JSON.stringify(encoding.onZero)}` : `as ${encoding.as}`,
  )
  if (column.notNull) parts.push('not null')
  if (column.default !== null) parts.push(`default ${column.default}`)
  if (table.identity?.column === column.target) parts.push('identity')
  return withComment(parts.join(', '), column.comment)
}

function indexText(index: PlannedIndex): string {
  const columns = index.columns.map((part) => `${part.column}${part.descending ? ' desc' : ''}`).join(', ')
  return withComment(`${index.unique ? 'unique ' : ''}${index.target} (${columns})`, index.comment)
}

const foreignKeyText = (key: PlannedForeignKey): string =>
  `${key.target} (${key.columns.join(', ')}) to ${key.referencedTable} (${key.referencedColumns.join(', ')}), ` +
  `on update ${key.onUpdate}, on delete ${key.onDelete}`
