import { asLongAsItTakes } from './failing.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Comes back once both servers answer. Until then it fails, and the engine tries again however long it takes: also where
 * a server answers otherwise than by being away, while it starts, is restored or has no room.
 */
export const awaitServers = (tools: Tools) =>
  step(tools, 'awaitServers', async ({ ref }: { ref: RunRef }): Promise<void> =>
    asLongAsItTakes(tools, 'awaitServers', async () => {
      const { ledger, source } = await tools.plans.siteOf(ref)
      await ledger.tableStates(ref.run)
      await source.identify()
    }),
  )
