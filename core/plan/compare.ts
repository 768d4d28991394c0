import { formatBytes } from '../config/bytes.js'
import type { Plan, PlanChange, PlannedColumn, PlannedForeignKey, PlannedIndex, PlannedTable } from './types.js'

/** What `apply` shows against the applied version: what was decided, never estimates and counters. */
export function comparePlans(before: Plan, after: Plan): PlanChange[] {
  return compare(partsOf(before), partsOf(after))
}

/** Each part of a plan that a person may know by name, with its text. */
type Parts = ReadonlyMap<string, string>

function compare(before: Parts, after: Parts): PlanChange[] {
  const changes: PlanChange[] = []
  for (const [subject, text] of before) {
    const now = after.get(subject)
    if (now === undefined) changes.push({ change: 'removed', subject, before: text, after: null })
    else if (now !== text) changes.push({ change: 'changed', subject, before: text, after: now })
  }
  for (const [subject, text] of after) {
    if (!before.has(subject)) changes.push({ change: 'added', subject, before: null, after: text })
  }
  const isTable = (change: PlanChange): boolean => change.subject.startsWith('table ') && change.change !== 'changed'
  const whole = new Set(changes.filter(isTable).map((change) => change.subject.slice('table '.length)))
  // A table that comes or goes says it all; its parts would only repeat it.
  return changes.filter((change) => isTable(change) || !whole.has(ownerOf(change.subject, whole)))
}

/** The table of `column orders.flags`, as far as it is one of these. */
function ownerOf(subject: string, tables: ReadonlySet<string>): string {
  const name = subject.slice(subject.indexOf(' ') + 1)
  return [...tables].find((table) => name === table || name.startsWith(`${table}.`)) ?? ''
}

function partsOf(plan: Plan): Parts {
  return new Map<string, string>([
    ['source', `${plan.source.connection} (${plan.source.product}), database ${plan.source.database}`],
    ['target', `${plan.target.connection}, database ${plan.target.database ?? '(of the connection)'}`],
    ['schema', plan.target.schema],
    ['limit parallelism', String(plan.limits.parallelism)],
    ['limit chunk_bytes', formatBytes(plan.limits.chunkBytes)],
    ...plan.tables.flatMap(tableParts),
    ...plan.notCarried.map((n): [string, string] => [
      `not carried: ${n.kind} ${n.table === null || n.table === n.name ? n.name : `${n.table}.${n.name}`}`,
      n.original,
    ]),
  ])
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
