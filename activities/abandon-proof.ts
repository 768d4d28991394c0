import { placeNow } from './locate-run.js'
import type { AbandonProofInput } from './proof-messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Closes a proof in the ledger whose workflow was terminated or failed: what it did not come to is `not proved`.
 * Nothing where it never began. Repeatable.
 */
export const abandonProof = (tools: Tools) =>
  step(tools, 'abandonProof', async ({ ref, proof }: AbandonProofInput): Promise<void> => {
    const { connection, database } = await placeNow(tools, ref)
    const { ledger } = await tools.ports.target(connection, database)
    await ledger.closeProof(proof)
  })
