import type { SourceTable } from '../catalog.js'
import type { CastedColumn } from '../casts/linked.js'
import { targetName } from '../names-of-objects.js'
import type { Notes } from './notes.js'
import type { PlannedTable } from './types.js'

/** The largest value of each type that PostgreSQL lets count. */
export const LARGEST: Readonly<Record<string, bigint>> = {
  smallint: 32767n,
  integer: 2147483647n,
  bigint: 9223372036854775807n,
}

/** An AUTO_INCREMENT column becomes an identity column, where its type can be one. */
export function planIdentity(
  table: SourceTable,
  columns: readonly CastedColumn[],
  notes: Notes,
): PlannedTable['identity'] {
  const counter = columns.find(({ column }) => column.autoIncrement)
  if (!counter) return null
  const subject = `${table.name}.${counter.column.name}`
  const { to } = counter.cast
  const largest = LARGEST[to]
  const next = table.nextIdentity ?? '1'
  if (largest === undefined) {
    const message = `AUTO_INCREMENT is not carried: a ${to} column cannot be an identity column`
    const remedy = `a rule, where the values fit: {column: ${subject}, to: bigint}`
    notes.say('warning', 'identity-impossible', subject, message, remedy)
    notes.leave('identity', counter.column.name, table.name, `${to} cannot be an identity column`, 'AUTO_INCREMENT')
    return null
  }
  if (BigInt(next) > largest) {
    const message = `the source's counter has come to the end of ${to}: no row could be added in the target`
    notes.say('blocking', 'identity-exhausted', subject, message, `a wider type: {column: ${subject}, to: bigint}`)
  }
  return { column: targetName(counter.column.name), next }
}
