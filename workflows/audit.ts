import type { AuditEntry } from '../core/audit.js'
import type { Entity } from './entity.js'
import { control, named } from './steps.js'

/**
 * Writes who did what, and why, into the ledger. It is not waited for: a person who pauses is answered also while the
 * target is away, and Temporal's history has it anyway.
 */
export function audit({ migration, target }: Entity, entry: Omit<AuditEntry, 'at'>): void {
  if (target === null) return
  const at = new Date().toISOString()
  named(control.writeAudit, `${entry.what}, by ${entry.by}`, { migration, target, entry: { ...entry, at } }).catch(
    () => {},
  )
}
