import type { IndexInput } from './messages.js'
import { tableOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Makes one index of a table, or finds it made. */
export const buildIndex = (tools: Tools) =>
  step(tools, 'buildIndex', async ({ ref, table: ordinal, index }: IndexInput, { signal }): Promise<void> => {
    const site = await tools.plans.siteOf(ref)
    const table = tableOf(site, ordinal)
    const doing = `index ${table.indexes[index]?.target ?? index}`
    await site.ledger.setTable(ref.run, ordinal, { doing })
    await site.target.buildIndex(site.plan, table, index, signal)
  })
