import type { ProofInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Ends a proof with the worst verdict of its tables. Repeatable. */
export const closeProof = (tools: Tools) =>
  step(tools, 'closeProof', async ({ ref, proof }: ProofInput): Promise<void> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.closeProof(proof)
  })
