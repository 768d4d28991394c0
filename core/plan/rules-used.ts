import type { SourceTable } from '../catalog.js'
import { KNOWN_BASES } from '../casts/family.js'
import { findRule, parseTypePattern, ruleMatches } from '../casts/rules.js'
import type { CastRule } from '../config/types.js'
import { nearest } from '../text.js'
import type { Notes } from './notes.js'

/** A rule that speaks of nothing is most likely a typo, and its owner believes that it works. */
export function checkRules(tables: readonly SourceTable[], rules: readonly CastRule[], notes: Notes): void {
  if (!tables.length) return
  const columns = tables.flatMap((table) => table.columns.map((column) => ({ table: table.name, column })))
  rules.forEach((rule, index) => {
    const subject = `casts[${index}]`
    const meant = columns.filter(({ table, column }) => ruleMatches(rule, table, column))
    if (!meant.length) {
      const message = `no column of the plan's tables is ${rule.column ?? `a ${rule.type}`}`
      notes.say('blocking', 'cast-matches-nothing', subject, message, remedyFor(rule, columns))
    } else if (meant.every(({ table, column }) => findRule(rules, table, column)?.index !== index)) {
      const message = `rules before it take every column that ${rule.column ?? rule.type} means, and the first rule wins`
      notes.say('warning', 'cast-shadowed', subject, message, 'put it before them, or take it out')
    }
  })
}

function remedyFor(
  rule: CastRule,
  columns: readonly { readonly table: string; readonly column: SourceTable['columns'][number] }[],
): string {
  if (rule.column !== undefined) {
    const near = nearest(
      rule.column,
      columns.map(({ table, column }) => `${table}.${column.name}`),
    )
    return near ? `did you mean ${near}?` : 'write table.column of a table that is included, or take the rule out'
  }
  const pattern = parseTypePattern(rule.type ?? '')
  const declared = [...new Set(columns.map(({ column }) => column.type.declared))]
  const near = nearest(rule.type ?? '', [...declared, ...KNOWN_BASES])
  if (near && near !== rule.type) return `did you mean ${near}?`
  return pattern && KNOWN_BASES.includes(pattern.base)
    ? 'take the rule out; note that int is not int unsigned, and that lengths must match where they are written'
    : 'write the type as the source declares it'
}
