import type { PlannedTable } from '../core/plan/types.js'
import type { ProofRequest } from '../core/proof.js'
import type { RunId } from '../core/run.js'
import type { Site } from './plans.js'
import type { Attempt } from './step.js'
import { witnessRange } from './witness-range.js'
import { locate, witnessParts } from './witness-ranges.js'

export interface TableWitnessed {
  /** False where any range that counts does not agree. */
  readonly agrees: boolean
  /** Those that count. */
  readonly ranges: number
}

/**
 * Lets SQL inside both servers say what they hold, over the share of a table's rows that the proof asks for, and writes
 * down each range. An attempt goes on behind an earlier one, and finds nothing to do where all ranges are there. With
 * `snapshot` the source is read in that run's snapshot, which this process must hold.
 */
export async function witnessTable(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  { signal, beat }: Pick<Attempt, 'signal' | 'beat'>,
  snapshot?: RunId,
): Promise<TableWitnessed> {
  const { ledger } = site
  const parts = await witnessParts(site, request, table)
  const known = new Map(
    parts.length === 0 ? [] : (await ledger.witnessed(request.proof, table.ordinal)).map((w) => [w.ordinal, w.agrees]),
  )
  for (const [ordinal, part] of parts.entries()) {
    if (known.has(ordinal)) continue
    signal.throwIfAborted()
    beat({ witnessed: ordinal, of: parts.length })
    const located = await locate(site, request, table, part, signal)
    if (located === null) continue
    const seen = await witnessRange(site, request, table, located, signal, snapshot)
    await ledger.addWitness(request.proof, table.ordinal, { ordinal, ...seen })
    known.set(ordinal, seen.agrees)
  }
  const counting = [...known.values()].filter((agrees) => agrees !== null)
  return { agrees: !counting.includes(false), ranges: counting.length }
}
