import { enterIndexesWhenCopied } from './indexing.js'
import type { TableInput } from './messages.js'
import { tableOf } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Says that a table's rows are all there, and makes its primary key where it has one. Repeatable. */
export const buildPrimaryKey = (tools: Tools) =>
  step(tools, 'buildPrimaryKey', async ({ ref, table: ordinal }: TableInput, { signal }): Promise<void> => {
    const site = await tools.plans.siteOf(ref)
    const table = tableOf(site, ordinal)
    const doing = table.primaryKey === null ? null : 'primary key'
    await site.ledger.setTable(ref.run, ordinal, { state: 'copied', doing })
    await enterIndexesWhenCopied(site, ref.run)
    if (table.primaryKey !== null) await site.target.buildPrimaryKey(site.plan, table, signal)
  })
