import type { PreparedRun } from './messages.js'
import { prepareRun, type PrepareInput } from './prepare-run.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Drops what the run copied and prepares it again, under the same id: its snapshot is lost, and its owner chose to start
 * over. What is still under way cannot complete a chunk any more. Repeatable as long as no chunk was copied since.
 */
export const restartRun = (tools: Tools) => {
  const prepare = prepareRun(tools)
  const forget = step(tools, 'restartRun', async ({ ref }: PrepareInput): Promise<void> => {
    const { ledger } = await tools.plans.siteOf(ref)
    await ledger.restartRun(ref.run)
  })
  return async (input: PrepareInput): Promise<PreparedRun> => {
    await forget(input)
    return await prepare(input)
  }
}
