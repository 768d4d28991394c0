import type { Plan, PlannedTable } from '../../core/plan/types.js'

/** `"order"`: any name, quoted always, so that no list of reserved words has to be kept. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const idents = (names: readonly string[]): string => names.map(ident).join(', ')

/** `'it''s'`, right under standard_conforming_strings, which our sessions pin. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

export const qualified = (schema: string, name: string): string => `${ident(schema)}.${ident(name)}`

/** A planned table as a statement names it. */
export const tableName = (plan: Plan, table: PlannedTable): string => qualified(plan.target.schema, table.target)
