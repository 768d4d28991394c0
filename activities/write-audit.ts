import type { AuditEntry } from '../core/audit.js'
import { asLongAsItTakes } from './failing.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface WriteAuditInput {
  readonly migration: string
  readonly target: RunRef['target']
  readonly entry: AuditEntry
}

/** One line of the audit trail, however long the target is away. Repeatable: the same entry stands there once. */
export const writeAudit = (tools: Tools) =>
  step(tools, 'writeAudit', async ({ target, entry }: WriteAuditInput): Promise<void> =>
    asLongAsItTakes(tools, 'writeAudit', async () => {
      const { ledger } = await tools.ports.target(target.connection, target.database)
      await ledger.audit(entry)
    }),
  )
