import type { PlannedTable } from '../core/plan/types.js'
import type { ProofRequest } from '../core/proof.js'
import type { Site } from './plans.js'
import type { Attempt } from './step.js'
import { type WitnessPart, wholeTable, witnessRange } from './witness-range.js'
import { chunksOf, hasRanges, isChosen, pieceOf, rangeOfPiece } from './witness-ranges.js'

export interface TableWitnessed {
  /** False where any range that counts does not agree. */
  readonly agrees: boolean
  /** Those that count. */
  readonly ranges: number
}

/**
 * Lets SQL inside both servers say what they hold, over the share of a table's rows that the proof asks for, and writes
 * down each range under the ordinal of its chunk. An attempt goes on behind an earlier one. The load's own proof compares
 * with what the source said while the rows were copied, where that was in a snapshot.
 */
export async function witnessTable(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  { signal, beat }: Pick<Attempt, 'signal' | 'beat'>,
): Promise<TableWitnessed> {
  const { ledger } = site
  if (request.witness <= 0) return { agrees: true, ranges: 0 }
  const seen = new Map((await ledger.witnessed(request.proof, table.ordinal)).map((w) => [w.ordinal, w.agrees]))
  for await (const [ordinal, part] of partsOf(site, request, table, new Set(seen.keys()), signal)) {
    const witnessed = await witnessRange(site, request, table, part, signal)
    await ledger.addWitness(request.proof, table.ordinal, { ordinal, ...witnessed })
    seen.set(ordinal, witnessed.agrees)
    beat({ witnessed: seen.size })
  }
  const counting = [...seen.values()].filter((agrees) => agrees !== null)
  return { agrees: !counting.includes(false), ranges: counting.length }
}

/** What is still to be looked at. A table without ranges is one part, number 0. */
async function* partsOf(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  seen: ReadonlySet<number>,
  signal: AbortSignal,
): AsyncGenerator<[number, WitnessPart]> {
  if (!hasRanges(table)) {
    if (!seen.has(0) && isChosen(request, table)) yield [0, await wholeTable(site, request, table)]
    return
  }
  for await (const chunk of chunksOf(site, request.run, table)) {
    signal.throwIfAborted()
    const { ordinal, digest, witness } = chunk
    const piece = seen.has(ordinal) ? null : pieceOf(request, table, { ordinal, rows: digest?.rows ?? 0 })
    if (piece === null) continue
    if (request.kind === 'load' && witness != null) yield [ordinal, { range: witness.range, chunk, noted: witness }]
    else yield [ordinal, { range: await rangeOfPiece(site, table, chunk.range, piece, signal), chunk, noted: null }]
  }
}
