import { Failure } from '../core/failure.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { ProofId } from '../core/proof.js'
import { refuseUnread } from './locate-run.js'
import type { RunRef } from './messages.js'
import type { Site } from './plans.js'
import type { NumberedProof, NumberProofInput } from './proof-messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * The next id of a proof of a run, and the ordinals of the tables that a person named. Refuses a run that read
 * nothing, or whose rows the target does not hold any more. Changes nothing: repeated, it may find another id, and nothing has the first one.
 */
export const numberProof = (tools: Tools) =>
  step(tools, 'numberProof', async ({ ref, tables, taken }: NumberProofInput): Promise<NumberedProof> => {
    const { connection, database } = ref.target
    await refuseUnread(await tools.ports.target(connection, database), ref.migration, ref.run)
    const site = await tools.plans.siteOf(ref)
    await refuseReplaced(site, ref)
    const known = (await site.ledger.proofsOf(ref.run)).map(({ proof }) => proof)
    return {
      proof: nextId(ref.run, [...known, ...taken]),
      tables: tables === null ? null : ordinalsOf(site.plan.tables, tables, ref.run),
      lanes: Math.max(1, site.plan.limits.parallelism),
    }
  })

/** A later run drops what earlier ones made: against their digests every row would be a difference. */
async function refuseReplaced({ ledger }: Site, { run, migration }: RunRef): Promise<void> {
  const [last] = await ledger.runs(1)
  if (last === undefined || last.run === run) return
  throw new Failure('refused', `The target holds the rows of run ${last.run}, not of ${run} any more`, {
    remedy: `Prove that one: \`nightferry verify ${migration}\`. The evidence of ${run} stays in its report.`,
  })
}

/** `<run>.2`, `<run>.3`, ...: the run's own load proof is the first. */
function nextId(run: string, taken: readonly ProofId[]): ProofId {
  const numbers = taken.map((id) => (id.startsWith(`${run}.`) ? Number(id.slice(run.length + 1)) : 1))
  return `${run}.${Math.max(1, ...numbers) + 1}`
}

function ordinalsOf(planned: readonly PlannedTable[], names: readonly string[], run: string): number[] {
  const ordinals = names.map((name) => {
    const found = planned.find((t) => t.source === name) ?? planned.find((t) => t.target === name)
    if (found) return found.ordinal
    throw new Failure('refused', `Run ${run} has no table ${name}`, {
      remedy: 'Spell it as the report does, which lists them all.',
    })
  })
  return [...new Set(ordinals)].sort((a, b) => a - b)
}
