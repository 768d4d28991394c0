import { setTimeout as wait } from 'node:timers/promises'
import { describe } from '../core/compare/describe.js'
import { identityOf } from '../core/compare/identity.js'
import { fingerprint, type RowDifference } from '../core/compare/row-difference.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { CopiedChunk, Difference, ProofRequest } from '../core/proof.js'
import { compareBuckets, compareRange, digestSides, lineHash, type Sides } from './comparing.js'
import type { Site } from './plans.js'
import type { Attempt } from './step.js'

/** Between the two looks at a row: a source in the middle of a change is through with it, or has moved on. */
const PAUSE_MS = 300

/** Chunks, and rows that differ, that are looked at before one pause. */
const MOST_CHUNKS = 100
const MOST_SEEN = 200_000

/** Differences written at a time. */
const BATCH = 200

/**
 * Compares source and target, as they are now, where a proof found them unequal, and writes each row that differs into
 * the ledger. For tables in buckets `unequal` is all chunks. A row counts only where it differs in the same way twice.
 * Repeatable: a part's differences replace those that an earlier attempt wrote. Returns how many there are.
 */
export async function nameDifferences(
  site: Site,
  request: ProofRequest,
  table: PlannedTable,
  unequal: readonly CopiedChunk[],
  { signal, beat }: Pick<Attempt, 'signal' | 'beat'>,
): Promise<number> {
  const sides = liveSides(site, table, signal)
  let named = 0
  const write = async (part: number, found: AsyncIterable<RowDifference>): Promise<void> => {
    const batches = batchesOf(table, found, (count) => beat({ differences: (named += count) }))
    await site.ledger.setDifferences(request.proof, table.ordinal, part, batches)
  }
  if (digestForm(table).form === 'buckets') {
    await write(0, inBuckets(sides, unequal))
    return named
  }
  let waiting = unequal
  while (waiting.length > 0) {
    const group = await firstLook(sides, waiting)
    if (group.some(({ seen }) => seen.size > 0)) await wait(PAUSE_MS, undefined, { signal })
    for (const { chunk, seen } of group) await write(chunk.ordinal, secondLook(sides, chunk, seen))
    waiting = waiting.slice(group.length)
  }
  return named
}

const liveSides = (site: Site, table: PlannedTable, signal: AbortSignal): Sides => ({
  table,
  signal,
  rowIds: false,
  source: (range, sink, stop) => site.source.copy(table, range, sink, { signal: stop }),
  target: (part, sink, options) => site.target.read(site.plan, table, part, sink, options),
})

interface Looked {
  readonly chunk: CopiedChunk
  /** Fingerprints of what differs: the rows themselves are read again anyway. */
  readonly seen: ReadonlySet<number>
}

/** The chunks that are looked at before one pause: many, so that it is paid once, while their fingerprints are few. */
async function firstLook(sides: Sides, chunks: readonly CopiedChunk[]): Promise<Looked[]> {
  const group: Looked[] = []
  let total = 0
  for (const chunk of chunks.slice(0, MOST_CHUNKS)) {
    const seen = new Set<number>()
    for await (const found of compareRange(sides, chunk.range)) seen.add(fingerprint(found))
    group.push({ chunk, seen })
    total += seen.size
    if (total > MOST_SEEN) break
  }
  return group
}

async function* secondLook(
  sides: Sides,
  { range }: CopiedChunk,
  seen: ReadonlySet<number>,
): AsyncGenerator<RowDifference> {
  if (seen.size === 0) return
  for await (const found of compareRange(sides, range)) if (seen.has(fingerprint(found))) yield found
}

async function* inBuckets(sides: Sides, chunks: readonly CopiedChunk[]): AsyncGenerator<RowDifference> {
  const { differing } = await digestSides(sides, chunks)
  if (differing === null) return
  const pause = (): Promise<void> => wait(PAUSE_MS, undefined, { signal: sides.signal })
  yield* compareBuckets(sides, chunks, differing, pause)
}

async function* batchesOf(
  table: PlannedTable,
  found: AsyncIterable<RowDifference>,
  onBatch: (count: number) => void,
): AsyncGenerator<Difference[]> {
  const identity = identityOf(table)
  let batch: Difference[] = []
  for await (const difference of found) {
    batch.push(describe(table, identity, lineHash, difference))
    if (batch.length < BATCH) continue
    onBatch(timesOf(batch))
    yield batch
    batch = []
  }
  onBatch(timesOf(batch))
  yield batch
}

const timesOf = (batch: readonly Difference[]): number => batch.reduce((sum, { times }) => sum + times, 0)
