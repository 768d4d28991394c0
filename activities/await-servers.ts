import { Failure, HOLDS_ALL } from '../core/failure.js'
import { toApplicationFailure } from './failing.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Comes back once both servers answer. Until then it fails, and the engine tries again however long it takes. */
export const awaitServers = (tools: Tools) =>
  step(tools, 'awaitServers', async ({ ref }: { ref: RunRef }): Promise<void> => {
    try {
      const { ledger, source } = await tools.plans.siteOf(ref)
      await ledger.tableStates(ref.run)
      await source.identify()
    } catch (error) {
      if (!(error instanceof Failure) || HOLDS_ALL[error.kind] === undefined) throw error
      throw toApplicationFailure(error, { retryable: true, recorded: false })
    }
  })
