import { tablesToMend } from '../core/repair.js'
import type { ProofBegin } from './messages.js'
import type { MendTable, PlannedRepair } from './repair-messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Registers the proof of a repair and says which tables have rows to mend. Asked again in the middle of a repair it says
 * the same: the repair's own proof has judged nothing yet.
 */
export const planRepair = (tools: Tools) =>
  step(tools, 'planRepair', async ({ ref, request }: ProofBegin): Promise<PlannedRepair> => {
    const site = await tools.plans.siteOf(ref)
    if (request === null) throw new Error('a repair has a request')
    const wanted = request.tables === null ? null : new Set(request.tables)
    const proofs = await site.ledger.proofsOf(ref.run)
    const tables = tablesToMend(proofs).flatMap(({ table: name, basis }): MendTable[] => {
      const table = site.plan.tables.find(({ source }) => source === name)
      return table && (wanted?.has(table.ordinal) ?? true) ? [{ table: table.ordinal, name, basis }] : []
    })
    const ordinals = tables.map(({ table }) => table).sort((a, b) => a - b)
    await site.ledger.openProof({ ...request, tables: ordinals }, ordinals)
    return { tables }
  })
