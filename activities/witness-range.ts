import { WHOLE, type KeyRange } from '../core/key-range.js'
import type { WitnessRange } from '../core/ledger.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { WitnessSum } from '../core/ports.js'
import type { CopiedChunk, ProofRequest } from '../core/proof.js'
import type { Site } from './plans.js'
import { digestOfSource } from './proof-parts.js'
import { chunksOf } from './witness-ranges.js'

export interface WitnessPart {
  readonly range: KeyRange
  /** The chunk that it lies in; null: all of them. */
  readonly chunk: CopiedChunk | null
  /** What the source said in the run's snapshot; null: it is asked now. */
  readonly noted: WitnessSum | null
}

const isSame = (a: WitnessSum, b: WitnessSum): boolean => a.rows === b.rows && a.sum === b.sum

/**
 * Asks both servers for their sums of a range. Sums that differ are a fault where the source's was noted in the snapshot
 * of the copy. Elsewhere they may only tell that the source lives: then the range counts where S1 of its chunks is still
 * S0 before and after the source is asked again.
 */
export async function witnessRange(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  part: WitnessPart,
  signal: AbortSignal,
): Promise<Omit<WitnessRange, 'ordinal'>> {
  const { range, noted } = part
  const [source, target] = await bothSums(site, table, part, signal)
  if (isSame(source, target)) return { range, source, target, agrees: true }
  if (noted !== null && (await isOfOneMoment(site, request, table))) return { range, source, target, agrees: false }
  if (!(await isUnchanged(site, request, table, part, signal))) return { range, source, target, agrees: null }
  const again = await site.source.witness(table, range, { signal })
  if (isSame(again, target)) return { range, source: again, target, agrees: true }
  const still = await isUnchanged(site, request, table, part, signal)
  return { range, source: again, target, agrees: still ? false : null }
}

/** Side by side; where one side fails the other is stopped. */
async function bothSums(
  site: Site,
  table: PlannedTable,
  { range, noted }: WitnessPart,
  signal: AbortSignal,
): Promise<[WitnessSum, WitnessSum]> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const sums = [
    noted === null ? site.source.witness(table, range, { signal: either }) : Promise.resolve(noted),
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

/** Whether the run kept its snapshot to the end of the copy, and the table is one that a snapshot covers. */
async function isOfOneMoment({ ledger }: Site, { run }: ProofRequest, table: PlannedTable): Promise<boolean> {
  const { reading } = await ledger.progress(run)
  return reading?.label === 'snapshot' && !(reading.snapshot?.labelled.includes(table.source) ?? true)
}

/** Whether the source gives the same bytes as when the part's chunks were copied. */
async function isUnchanged(
  site: Site,
  { run }: ProofRequest,
  table: PlannedTable,
  { chunk }: WitnessPart,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { range, digest } of chunk === null ? chunksOf(site, run, table) : [chunk]) {
    signal.throwIfAborted()
    if (digest === null) return false
    if ((await digestOfSource(site, table, range, signal)).value !== digest.value) return false
  }
  return true
}

/** A whole table; what its chunks' sums come to is its own, where all of them were noted. */
export async function wholeTable(site: Site, { kind, run }: ProofRequest, table: PlannedTable): Promise<WitnessPart> {
  const part = { range: WHOLE, chunk: null }
  if (kind !== 'load') return { ...part, noted: null }
  let rows = 0
  let sum = 0n
  for await (const { witness } of chunksOf(site, run, table)) {
    if (witness == null) return { ...part, noted: null }
    rows += witness.rows
    sum += BigInt(witness.sum)
  }
  return { ...part, noted: { rows, sum: String(sum) } }
}
