import type { AuditEntry } from '../core/audit.js'
import type { Entity } from './entity.js'
import type { UnwrittenLine } from './messages.js'
import { control, named, UNTIL_DONE } from './steps.js'

/** It travels through continue-as-new: more of them are kept by Temporal's history alone. */
const MOST_UNWRITTEN = 50

/**
 * Writes who did what, and why, into the ledger. It is not waited for: a person who pauses is answered also while the
 * target is away, and it is written when that is back, by a later execution if need be.
 */
export function audit(entity: Entity, entry: Omit<AuditEntry, 'at'>): void {
  if (entity.target !== null)
    write(entity, { target: entity.target, entry: { ...entry, at: new Date().toISOString() } })
}

/** What an earlier execution has not seen written: it stands there once, whoever wrote it. */
export function writeAgain(entity: Entity): void {
  const { unwritten } = entity
  entity.unwritten = []
  for (const line of unwritten) write(entity, line)
}

function write(entity: Entity, line: UnwrittenLine): void {
  const { migration } = entity
  const { what, by } = line.entry
  entity.unwritten = [...entity.unwritten, line].slice(-MOST_UNWRITTEN)
  named(control.writeAudit, `${what}, by ${by}`, { migration, ...line }, UNTIL_DONE)
    .then(() => void (entity.unwritten = entity.unwritten.filter((one) => one !== line)))
    // Only with its execution: the next one has it among what is unwritten.
    .catch(() => {})
}
