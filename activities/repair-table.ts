import type { Mended } from '../core/ports.js'
import { digestForm } from '../core/plan/digest-form.js'
import { mendBuckets } from './mend-buckets.js'
import { mendRanges } from './mend-ranges.js'
import type { RepairTableInput } from './repair-messages.js'
import { tableOf } from './plans.js'
import { requestOf } from './proof-request.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Makes the differing ranges of one table what the source holds now, in one transaction, and writes their digests anew.
 * Repeatable: an attempt that finds the mark of an earlier one does nothing.
 */
export const repairTable = (tools: Tools) =>
  step(tools, 'repairTable', async ({ ref, proof, mend }: RepairTableInput, attempt): Promise<Mended> => {
    const site = await tools.plans.siteOf(ref)
    const request = await requestOf(site, proof)
    const table = tableOf(site, mend.table)
    const repair = await site.target.repair(site.plan, table, request, attempt.signal)
    try {
      if (repair.done !== null) return repair.done
      const work = { site, run: ref.run, table, basis: mend.basis, repair, attempt }
      const digests = digestForm(table).form === 'ordered' ? await mendRanges(work) : await mendBuckets(work)
      attempt.signal.throwIfAborted()
      return await repair.commit(digests, tools.worker)
    } finally {
      await repair.abandon()
    }
  })
