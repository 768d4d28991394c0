import type { AdoptInput } from './adopt.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Removes the migration's ledger from its target, and nothing else. Repeatable; nothing where there is none. */
export const cleanTarget = (tools: Tools) =>
  step(tools, 'cleanTarget', async ({ migration, target }: AdoptInput): Promise<void> => {
    const { ledger } = await tools.ports.target(target.connection, target.database)
    await ledger.remove(migration)
  })
