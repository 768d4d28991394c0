import type { RunSummary } from '../core/run.js'
import type { ProofInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Ends a proof with the worst verdict of its tables; says how its run stands where tables of it may be mended. Repeatable. */
export const closeProof = (tools: Tools) =>
  step(tools, 'closeProof', async ({ ref, proof }: ProofInput): Promise<RunSummary | undefined> => {
    const site = await tools.plans.siteOf(ref)
    await site.ledger.closeProof(proof)
    const request = await site.ledger.proof(proof)
    return request?.kind === 'repair' ? await site.ledger.summary(ref.run) : undefined
  })
