import type { AuditEntry } from '../core/audit.js'
import type { LedgerPort } from '../core/ledger.js'
import { asLongAsItTakes } from './failing.js'
import { memoryOf } from '../core/place.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

type Trail = Pick<LedgerPort, 'audit'>

export interface WriteAuditInput {
  readonly migration: string
  readonly target: RunRef['target']
  readonly entry: AuditEntry
}

/**
 * One line of the audit trail, however long the target is away: in the memory of what is built aside, else in the target's
 * ledger. Repeatable: the same entry stands there once.
 */
export const writeAudit = (tools: Tools) =>
  step(tools, 'writeAudit', async (input: WriteAuditInput): Promise<void> =>
    asLongAsItTakes(tools, 'writeAudit', async () => {
      const trail = await trailOf(tools, input)
      await trail.audit(input.entry)
    }),
  )

/** No generation outlives its runs, so that none of their ledgers is a place for what people did. */
async function trailOf({ ports }: Tools, { migration, target }: WriteAuditInput): Promise<Trail> {
  if (target.published === undefined) return (await ports.target(target.connection, target.database)).ledger
  const { connection, database } = memoryOf(target)
  const memory = await ports.memory(connection, database, migration)
  await memory.open()
  return memory
}
