import type { RunSummary } from '../core/run.js'
import type { AbandonInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Closes a run in the ledger whose workflow was terminated or failed, so that no report calls it running. Repeatable. */
export const abandonRun = (tools: Tools) =>
  step(tools, 'abandonRun', async ({ ref, reason }: AbandonInput): Promise<RunSummary> => {
    const target = await tools.ports.target(ref.target.connection, ref.target.database)
    return await target.ledger.closeRun(ref.run, 'incomplete', reason)
  })
