import type { WitnessRange } from '../core/ledger.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { WitnessSum } from '../core/ports.js'
import type { ProofRequest } from '../core/proof.js'
import type { RunId } from '../core/run.js'
import type { Site } from './plans.js'
import { digestOfSource } from './proof-parts.js'
import { chunksOf, type LocatedPart } from './witness-ranges.js'

const isSame = (a: WitnessSum, b: WitnessSum): boolean => a.rows === b.rows && a.sum === b.sum

/**
 * Asks both servers for their sums of a range. In the run's snapshot, sums that differ are a fault. Without one they may
 * only tell that the source lives: then the range counts where S1 of its chunks is still S0, and is asked about again.
 */
export async function witnessRange(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  part: LocatedPart,
  signal: AbortSignal,
  snapshot: RunId | undefined,
): Promise<Omit<WitnessRange, 'ordinal'>> {
  const { range } = part
  const [source, target] = await bothSums(site, table, part, signal, snapshot)
  if (isSame(source, target)) return { range, source, target, agrees: true }
  if (snapshot !== undefined) return { range, source, target, agrees: false }
  if (!(await isUnchanged(site, request, table, part, signal))) return { range, source, target, agrees: null }
  const again = await site.source.witness(table, range, { signal })
  return { range, source: again, target, agrees: isSame(again, target) }
}

/** Side by side; where one side fails the other is stopped. */
async function bothSums(
  site: Site,
  table: PlannedTable,
  { range }: LocatedPart,
  signal: AbortSignal,
  snapshot: RunId | undefined,
): Promise<[WitnessSum, WitnessSum]> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const sums = [
    site.source.witness(table, range, { signal: either, ...(snapshot !== undefined && { snapshot }) }),
    site.target.witness(site.plan, table, range, either),
  ] as const
  try {
    return await Promise.all(sums)
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled(sums)
    throw error
  }
}

/** Whether the source gives the same bytes as when the part's chunks were copied. */
async function isUnchanged(
  site: Site,
  { run }: ProofRequest,
  table: PlannedTable,
  { chunk }: LocatedPart,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { range, digest } of chunk === null ? chunksOf(site, run, table) : [chunk]) {
    signal.throwIfAborted()
    if (digest === null) return false
    if ((await digestOfSource(site, table, range, signal)).value !== digest.value) return false
  }
  return true
}
