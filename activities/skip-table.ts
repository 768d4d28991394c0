import { Failure } from '../core/failure.js'
import type { RunId, RunSummary } from '../core/run.js'
import type { RunRef } from './messages.js'
import { type RowsOf, runOfRows } from './retrying.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface SkipTableInput {
  readonly ref: RunRef
  /** However it is spelled. */
  readonly name: string
  readonly by: string
  readonly why: string
  /** Of a run that has ended; absent: it is under way, or an older release asks. */
  readonly rows?: RowsOf
}

export interface SkippedTable {
  /** Absent: an older release said so, of the run that was asked for. */
  readonly run?: RunId
  /** The source's name. */
  readonly table: string
  /** How the run stands since; null: it is under way. */
  readonly summary: RunSummary | null
}

/** Sets a stopped table of a run aside, with who and why. Repeatable; refuses an ended run that read nothing, or whose rows are gone. */
export const skipTable = (tools: Tools) =>
  step(tools, 'skipTable', async (input: SkipTableInput): Promise<SkippedTable> => {
    const { name, by, why } = input
    const ref = await ofRows(tools, input)
    const { plan, ledger } = await tools.plans.siteOf(ref)
    const table = plan.tables.find((t) => t.source === name) ?? plan.tables.find((t) => t.target === name)
    if (table === undefined)
      throw new Failure('refused', `Version ${ref.version} has no table ${name}`, {
        remedy: '`nightferry report NAME` lists them.',
      })
    const summary = await ledger.skipTable(ref.run, table.ordinal, by, why)
    // What its proofs come to without it.
    if (summary !== null && (await ledger.proof(ref.run)) !== null) await ledger.closeProof(ref.run)
    return { run: ref.run, table: table.source, summary }
  })

async function ofRows(tools: Tools, { ref, rows }: SkipTableInput): Promise<RunRef> {
  if (rows === undefined) return ref
  const target = await tools.ports.target(ref.target.connection, ref.target.database)
  const run = await runOfRows(target, ref, rows)
  return run === ref.run ? ref : { ...ref, run, version: (await target.ledger.report(run)).summary.version }
}
