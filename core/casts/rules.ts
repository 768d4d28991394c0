import type { SourceColumn, SourceType } from '../catalog.js'
import type { CastRule } from '../config/types.js'

/** A source type as a person spells it: what is left out matches any. */
export interface TypePattern {
  readonly base: string
  /** `10,2`, or the labels of an enum as they stand; null where there are no parentheses. */
  readonly args: string | null
  readonly unsigned: boolean
  readonly zerofill: boolean
}

const ALIASES: Readonly<Record<string, string>> = {
  integer: 'int',
  int1: 'tinyint',
  int2: 'smallint',
  int3: 'mediumint',
  middleint: 'mediumint',
  int4: 'int',
  int8: 'bigint',
  numeric: 'decimal',
  dec: 'decimal',
  fixed: 'decimal',
  real: 'double',
  'double precision': 'double',
  character: 'char',
  'character varying': 'varchar',
  'char varying': 'varchar',
  geometrycollection: 'geomcollection',
}

const baseName = (spelled: string): string => ALIASES[spelled] ?? spelled

/** Reads `tinyint(1)`, `INT UNSIGNED`, `decimal(10, 2)`; null where the text has no such form. */
export function parseTypePattern(text: string): TypePattern | null {
  const match = /^([a-z][a-z0-9_ ]*?) ?(?:\((.*)\))?((?: (?:un)?signed| zerofill)*)$/is.exec(
    text.trim().replace(/\s+/g, ' '),
  )
  if (!match) return null
  const base = match[1]!.toLowerCase()
  const modifiers = (match[3] ?? '').toLowerCase().split(' ')
  const zerofill = modifiers.includes('zerofill')
  const unsigned = zerofill || modifiers.includes('unsigned')
  if (base === 'bool' || base === 'boolean') return { base: 'tinyint', args: '1', unsigned, zerofill }
  return { base: baseName(base), args: normalArgs(match[2]), unsigned, zerofill }
}

/** Blanks around commas do not count, except in labels. */
const normalArgs = (args: string | undefined): string | null =>
  args === undefined ? null : args.trim().replace(/ *, */g, ',')

/** Whether a type that the source declared is one that the pattern means. Sign counts: `int` is not `int unsigned`. */
export function typeMatches(pattern: TypePattern, type: SourceType): boolean {
  // MariaDB's json is a longtext with a check, and whoever declared it wrote json.
  if (baseName(type.jsonAlias ? 'json' : type.base) !== pattern.base) return false
  if (pattern.unsigned !== type.unsigned || (pattern.zerofill && !type.zerofill)) return false
  return pattern.args === null || argsMatch(pattern.args, type)
}

function argsMatch(args: string, type: SourceType): boolean {
  const declared = /\((.*)\)/s.exec(type.declared)?.[1]
  if (declared !== undefined && normalArgs(declared) === args) return true
  // `decimal(10)` is declared as decimal(10,0) whatever the table said.
  return type.base === 'decimal' && normalArgs(declared) === `${args},0`
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Whether the rule speaks of this column. Names are compared without regard to case. */
export function ruleMatches(rule: CastRule, table: string, column: SourceColumn): boolean {
  if (rule.column !== undefined) return same(rule.column, `${table}.${column.name}`)
  const pattern = rule.type === undefined ? null : parseTypePattern(rule.type)
  return pattern !== null && typeMatches(pattern, column.type)
}

/** The first rule that speaks of the column, with its place in the list; null where the house decides. */
export function findRule(
  rules: readonly CastRule[],
  table: string,
  column: SourceColumn,
): { readonly rule: CastRule; readonly index: number } | null {
  const index = rules.findIndex((rule) => ruleMatches(rule, table, column))
  return index < 0 ? null : { rule: rules[index]!, index }
}
