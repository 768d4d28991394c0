import type { ZeroDatePolicy } from '../cast.js'
import type { SourceColumn, SourceTable } from '../catalog.js'
import type { Finding } from '../finding.js'
import type { TargetFeatures } from '../ports.js'
import { convertColumn, type ColumnCast } from './cast-column.js'

/** A column with its cast, while the plan is being made. */
export interface CastedColumn extends ColumnCast {
  readonly table: string
  readonly column: SourceColumn
  /** Whose enum type it uses: its own, or that of a column which a foreign key links it to. */
  readonly enumOf: string
}

export const subjectOf = (member: { readonly table: string; readonly column: SourceColumn }): string =>
  `${member.table}.${member.column.name}`

/**
 * Gives columns that foreign keys link, directly or not, one type: PostgreSQL refuses a key between numeric and boolean,
 * and between two enum types with the same labels. A type that a rule named wins over the house's; among several the
 * widest wins. Keys to tables that are not in `tables` link nothing.
 */
export function unifyLinked(
  columns: readonly CastedColumn[],
  tables: readonly SourceTable[],
  features: TargetFeatures,
): { readonly columns: readonly CastedColumn[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  const replaced = new Map<string, CastedColumn>()
  for (const group of groupsOf(columns, tables)) {
    const unified = unifyGroup(group, features)
    findings.push(...unified.findings)
    for (const member of unified.columns) replaced.set(subjectOf(member), member)
  }
  return { columns: columns.map((column) => replaced.get(subjectOf(column)) ?? column), findings }
}

/**
 * Union-find over the column pairs of all foreign keys; groups of two and more, in the order of `columns`. Tables are made
 * in that order, so the first owns what is shared.
 */
function groupsOf(columns: readonly CastedColumn[], tables: readonly SourceTable[]): CastedColumn[][] {
  const parents = new Map(columns.map((column) => [subjectOf(column), subjectOf(column)]))
  const root = (subject: string): string => {
    let here = subject
    while (parents.get(here) !== here) here = parents.get(here)!
    return here
  }
  for (const table of tables) {
    for (const key of table.foreignKeys) {
      key.columns.forEach((column, i) => {
        const [from, to] = [`${table.name}.${column}`, `${key.referencedTable}.${key.referencedColumns[i] ?? ''}`]
        if (parents.has(from) && parents.has(to)) parents.set(root(from), root(to))
      })
    }
  }
  const groups = new Map<string, CastedColumn[]>()
  for (const column of columns) {
    const top = root(subjectOf(column))
    const group = groups.get(top)
    if (group) group.push(column)
    else groups.set(top, [column])
  }
  return [...groups.values()].filter((group) => group.length > 1)
}

function unifyGroup(
  group: readonly CastedColumn[],
  features: TargetFeatures,
): { readonly columns: readonly CastedColumn[]; readonly findings: readonly Finding[] } {
  const kinds = new Set(group.map(kindOf))
  if (kinds.size === 1)
    return { columns: group.map((member) => ({ ...member, enumOf: group[0]!.enumOf })), findings: [] }
  const goal = goalOf(group)
  if (!goal) return { columns: group, findings: [cannotUnify(group, null)] }
  const findings: Finding[] = []
  const columns = group.map((member) => {
    if (kindOf(member) === goal.kind) return member
    const converted = convertColumn(member.column, subjectOf(member), goal.to, goal.rule, zeroOf(member), features)
    if (!converted.ok) {
      findings.push(cannotUnify(group, converted.finding.remedy))
      return member
    }
    findings.push(follows(member, goal))
    // An enum that only its links turn into text keeps its labels, as a check.
    if (member.labels === 'type' && goal.rule === 'house') {
      return { ...member, labels: 'text-check' as const, cast: { ...member.cast, to: 'text' } }
    }
    return { ...member, ...converted.column, explicit: member.explicit }
  })
  return { columns, findings }
}

interface Goal {
  readonly to: string
  readonly kind: string
  readonly rule: string
  /** The column that has the type already. */
  readonly like: string
}

const LADDER: readonly string[] = ['smallint', 'integer', 'bigint', 'numeric']

/** The one type for all, or null where no type is common ground. */
function goalOf(group: readonly CastedColumn[]): Goal | null {
  const named = group.filter((member) => member.explicit)
  const pool = named.length ? named : group
  const kinds = new Set(pool.map(kindOf))
  const only = (...allowed: string[]): boolean => [...kinds].every((kind) => allowed.includes(kind))
  const asIs = (member: CastedColumn): Goal => ({
    to: member.cast.to,
    kind: kindOf(member),
    rule: member.cast.rule,
    like: subjectOf(member),
  })
  if (kinds.size === 1) return asIs(pool[0]!)
  if (only('boolean', ...LADDER)) {
    const widest = [...pool].sort((a, b) => LADDER.indexOf(kindOf(b)) - LADDER.indexOf(kindOf(a)))[0]!
    return asIs(widest)
  }
  if (only('time', 'interval')) return asIs(pool.find((member) => kindOf(member) === 'interval')!)
  if ([...kinds].every((kind) => kind === 'text' || kind.startsWith('enum'))) {
    return { to: 'text', kind: 'text', rule: pool[0]!.cast.rule, like: subjectOf(pool[0]!) }
  }
  return null
}

/** Types that one foreign key may join are one kind: lengths and digits do not matter, an enum's labels do. */
function kindOf(member: CastedColumn): string {
  if (member.labels === 'type') return `enum ${JSON.stringify(member.column.type.labels)}`
  const { to } = member.cast
  if (/^(text$|varchar)/.test(to)) return 'text'
  return /^bit\b/.test(to) ? to : to.replace(/\(.*\)/, '')
}

function zeroOf({ cast }: CastedColumn): ZeroDatePolicy {
  return 'onZero' in cast.encoding ? cast.encoding.onZero : { do: 'refuse' }
}

const follows = (member: CastedColumn, goal: Goal): Finding => ({
  name: 'linked-type',
  severity: member.explicit ? 'warning' : 'info',
  subject: subjectOf(member),
  message: `becomes ${goal.to} and not ${shown(member)}, because foreign keys link it to ${goal.like}`,
  remedy: `nothing, or one rule for each of the linked columns: {column: ${subjectOf(member)}, to: ...}`,
})

const shown = (member: CastedColumn): string => (member.labels === 'type' ? 'an enum' : member.cast.to)

const cannotUnify = (group: readonly CastedColumn[], why: string | null): Finding => ({
  name: 'linked-types-differ',
  severity: 'blocking',
  subject: subjectOf(group[0]!),
  message: `foreign keys link columns of different types: ${group.map((m) => `${subjectOf(m)} ${shown(m)}`).join(', ')}`,
  remedy: `give them one type with rules under casts${why ? ` (${why})` : ''}`,
})
