import type { AuditEntry } from '../core/audit.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface WriteAuditInput {
  readonly migration: string
  readonly target: RunRef['target']
  readonly entry: AuditEntry
}

/** One line of the audit trail. Repeatable: the same entry stands there once. */
export const writeAudit = (tools: Tools) =>
  step(tools, 'writeAudit', async ({ target, entry }: WriteAuditInput): Promise<void> => {
    const { ledger } = await tools.ports.target(target.connection, target.database)
    await ledger.audit(entry)
  })
