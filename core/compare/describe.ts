import type { PlannedTable } from '../plan/types.js'
import type { Difference } from '../proof.js'
import type { LineHash } from './hash-words.js'
import { fieldsOf, fieldText, isNull } from './fields.js'
import { type Identity, nameRow } from './identity.js'
import { sameBytes } from './lines.js'
import type { RowDifference } from './row-difference.js'

/** Of a value that is shown; a longer one is shown from shortly before where it differs. */
const LONGEST = 2000
const BEFORE = 100
const MOST_OF_A_CHARACTER = 4

/** A difference as it is written down: key and columns by name, values in COPY's spelling, null for NULL. */
export function describe(
  table: PlannedTable,
  identity: Identity | null,
  hash: LineHash,
  { kind, source, target, times }: RowDifference,
): Difference {
  const line = (source ?? target) as Uint8Array
  const key = identity === null ? `row ${hex(hash(line).subarray(0, 8))}` : nameRow(identity, line)
  const [ours, theirs] = [source === null ? null : fieldsOf(source), target === null ? null : fieldsOf(target)]
  const fields = table.columns.map(({ source: column }, i) => ({ column, source: ours?.[i], target: theirs?.[i] }))
  const differing = kind === 'changed' ? fields.filter((field) => !isSame(field.source, field.target)) : fields
  return { kind, key, columns: differing.map(shownPair), times }
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && sameBytes(a, b)

function shownPair(pair: { column: string; source: Uint8Array | undefined; target: Uint8Array | undefined }) {
  const at = firstDifference(pair.source, pair.target)
  return { column: pair.column, source: shown(pair.source, at), target: shown(pair.target, at) }
}

function firstDifference(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  if (a === undefined || b === undefined) return 0
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

function shown(field: Uint8Array | undefined, differsAt: number): string | null {
  if (field === undefined || isNull(field)) return null
  if (field.length <= LONGEST) return fieldText(field)
  const from = startOfCharacter(field, Math.max(0, Math.min(differsAt - BEFORE, field.length - LONGEST)))
  const to = startOfCharacter(field, Math.min(field.length, from + LONGEST + MOST_OF_A_CHARACTER))
  const text = fieldText(field.subarray(from, to))
  return `${from > 0 ? '…' : ''}${text}${to < field.length ? '…' : ''} (${field.length} bytes)`
}

/** The nearest place at or before `at` where a character of UTF-8 begins. */
function startOfCharacter(field: Uint8Array, at: number): number {
  while (at > 0 && at < field.length && ((field[at] as number) & 0xc0) === 0x80) at--
  return at
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
