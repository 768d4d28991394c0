import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface FindTablesInput {
  readonly migration: string
  readonly version: number
  readonly target: RunRef['target']
  readonly names: readonly string[]
}

export interface FoundTables {
  /** As the source spells them. Names that the version does not have are missing. */
  readonly found: readonly { readonly name: string; readonly ordinal: number }[]
}

/** Which tables of a version's plan people mean: by the source's name or the target's. */
export const findTables = (tools: Tools) =>
  step(tools, 'findTables', async ({ migration, version, target, names }: FindTablesInput): Promise<FoundTables> => {
    const { plan } = await tools.plans.siteOf({ migration, run: '', version, target })
    const found = names.flatMap((name) => {
      const table = plan.tables.find((t) => t.source === name) ?? plan.tables.find((t) => t.target === name)
      return table === undefined ? [] : [{ name: table.source, ordinal: table.ordinal }]
    })
    return { found }
  })
