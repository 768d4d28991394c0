import type { RunSummary } from '../core/run.js'
import { placeNow } from './locate-run.js'
import type { AbandonInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Closes a run in the ledger whose workflow was terminated or failed, so that no report calls it running; `refused` where
 * there is no such ledger, since its database was never made or is gone. Repeatable.
 */
export const abandonRun = (tools: Tools) =>
  step(tools, 'abandonRun', async ({ ref, reason }: AbandonInput): Promise<RunSummary> => {
    const { connection, database } = await placeNow(tools, ref)
    const { ledger } = await tools.ports.target(connection, database)
    return await ledger.closeRun(ref.run, 'incomplete', reason)
  })
