import type { TableInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Says that a table's indexes are all there. Repeatable. */
export const markIndexed = (tools: Tools) =>
  step(tools, 'markIndexed', async ({ ref, table }: TableInput): Promise<void> => {
    const { ledger } = await tools.plans.siteOf(ref)
    await ledger.setTable(ref.run, table, { state: 'indexed', doing: null })
  })
