import { Failure } from '../core/failure.js'
import type { RunSummary } from '../core/run.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface SkipTableInput {
  readonly ref: RunRef
  /** However it is spelled. */
  readonly name: string
  readonly by: string
  readonly why: string
}

export interface SkippedTable {
  /** The source's name. */
  readonly table: string
  /** How the run stands since; null: it is under way. */
  readonly summary: RunSummary | null
}

/** Sets a stopped table of a run aside, with who and why. Repeatable. */
export const skipTable = (tools: Tools) =>
  step(tools, 'skipTable', async ({ ref, name, by, why }: SkipTableInput): Promise<SkippedTable> => {
    const { plan, ledger } = await tools.plans.siteOf(ref)
    const table = plan.tables.find((t) => t.source === name) ?? plan.tables.find((t) => t.target === name)
    if (table === undefined)
      throw new Failure('refused', `Version ${ref.version} has no table ${name}`, {
        remedy: '`nightferry report NAME` lists them.',
      })
    const summary = await ledger.skipTable(ref.run, table.ordinal, by, why)
    // What its proofs come to without it.
    if (summary !== null && (await ledger.proof(ref.run)) !== null) await ledger.closeProof(ref.run)
    return { table: table.source, summary }
  })
