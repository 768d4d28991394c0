import { stopDrifted as stop } from './drifting.js'
import type { RunInput, Stopped } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** When all rows are read: stops tables whose definition changed while they were. Repeatable. */
export const stopDrifted = (tools: Tools) =>
  step(tools, 'stopDrifted', async ({ ref, tables }: RunInput, { signal }): Promise<Stopped> => {
    return { stopped: await stop(await tools.plans.siteOf(ref), ref.run, tables && new Set(tables), signal) }
  })
