import type { LoseInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** The run goes on as best-effort: its label changes, with the reason. Repeatable. */
export const loseSnapshot = (tools: Tools) =>
  step(tools, 'loseSnapshot', async ({ ref, reason }: LoseInput): Promise<void> => {
    const { ledger } = await tools.plans.siteOf(ref)
    tools.log('the snapshot is lost', { run: ref.run, reason })
    await ledger.loseSnapshot(ref.run, reason)
  })
