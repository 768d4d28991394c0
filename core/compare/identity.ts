import type { PlannedTable } from '../plan/types.js'
import { fieldAt, fieldText, unescapeField } from './fields.js'

/** The columns that tell one row of a table from all others. */
export interface Identity {
  /** Positions in the canonical line. */
  readonly at: readonly number[]
  /** The source's spelling. */
  readonly names: readonly string[]
}

/** The chunk key, the primary key, or the first unique index without NULLs; null: a row is only its whole line. */
export function identityOf(table: PlannedTable): Identity | null {
  if (table.key?.unique === true)
    return bySource(
      table,
      table.key.columns.map((key) => key.column),
    )
  const index = [table.primaryKey, ...table.indexes].find(
    (one) => one?.unique === true && isNotNull(table, one.columns),
  )
  return index
    ? bySource(
        table,
        index.columns.map(({ column }) => sourceOf(table, column)),
      )
    : null
}

function isNotNull(table: PlannedTable, columns: readonly { readonly column: string }[]): boolean {
  return columns.every(({ column }) => table.columns.find((planned) => planned.target === column)?.notNull === true)
}

const sourceOf = (table: PlannedTable, target: string): string =>
  table.columns.find((column) => column.target === target)?.source ?? target

function bySource(table: PlannedTable, names: readonly string[]): Identity | null {
  const at = names.map((name) => table.columns.findIndex((column) => column.source === name))
  return at.length === 0 || at.includes(-1) ? null : { at, names }
}

/** The fields that tell the row from others; the line itself where nothing does. */
export const identityFields = (identity: Identity | null, line: Uint8Array): Uint8Array[] =>
  identity === null ? [line] : identity.at.map((at) => fieldAt(line, at))

const LONGEST = 200

/** As a person reads it: `id=17`, `tenant=3, code=ä`. */
export function nameRow({ at, names }: Identity, line: Uint8Array): string {
  return names.map((name, i) => `${name}=${shown(fieldText(fieldAt(line, at[i] as number)))}`).join(', ')
}

function shown(field: string): string {
  const text = unescapeField(field) ?? 'NULL'
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
