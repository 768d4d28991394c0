import { hash } from 'node:crypto'
import { type DifferingBuckets, differingBuckets } from '../core/compare/buckets.js'
import { Cells } from '../core/compare/cells.js'
import { Confirmed } from '../core/compare/confirmed.js'
import type { LineHash } from '../core/compare/hash-words.js'
import { identityOf } from '../core/compare/identity.js'
import { keyOrder } from '../core/compare/keys.js'
import { ALL_LOTS, type Lots } from '../core/compare/lots.js'
import { compareOrdered } from '../core/compare/ordered.js'
import type { RowDifference } from '../core/compare/row-difference.js'
import { BOUNDS, type Part, Surplus } from '../core/compare/surplus.js'
import { Tally } from '../core/compare/tally.js'
import { sumOfBuckets } from '../core/digest-sum.js'
import type { KeyRange } from '../core/key-range.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { RowCounts, RowSink, TargetPart } from '../core/ports.js'
import type { CopiedChunk, Digest } from '../core/proof.js'
import { digesterOf } from './digest/digester.js'
import { digestSink } from './digest/sinks.js'
import { streamOf } from './streams.js'

/** Where rows of one table come from, whichever session reads them. */
export interface Sides {
  readonly table: PlannedTable
  source(range: KeyRange, sink: RowSink, signal: AbortSignal): Promise<RowCounts>
  /** Lines begin with their row ids where `rowIds` says so. */
  target(part: TargetPart, sink: RowSink, options: { signal: AbortSignal; rowIds: boolean }): Promise<RowCounts>
  /** Whether differences are to carry the row ids of the target. */
  readonly rowIds: boolean
  readonly signal: AbortSignal
}

export const lineHash: LineHash = (line) => hash('sha256', line, 'buffer')

/** The rows of a range that differ, in the key's order; blocks that the source gave are shown to `onBlock`. */
export function compareRange(
  sides: Sides,
  range: KeyRange,
  onBlock?: (block: Uint8Array) => void,
): AsyncIterable<RowDifference> {
  const { table, signal, rowIds } = sides
  const source = streamOf(signal, (sink, stop) => sides.source(range, sink, stop))
  const target = streamOf(signal, (sink, stop) => sides.target({ by: 'key', range }, sink, { signal: stop, rowIds }))
  return compareOrdered(onBlock ? shown(source, onBlock) : source, target, keyOrder(table), { rowIds })
}

async function* shown(
  blocks: AsyncIterable<Uint8Array>,
  onBlock: (block: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    onBlock(block)
    yield block
  }
}

export interface BucketsOfSides {
  readonly source: Digest
  readonly target: Digest
  /** Null: nothing differs. */
  readonly differing: DifferingBuckets | null
}

/**
 * Both sides of a table in buckets as they are now; `onChunk` is told what each chunk of the source comes to. The same
 * look counts lines in cells, which are finer: what lies in differing cells is all that is looked at again.
 */
export async function digestSides(
  sides: Sides,
  chunks: readonly CopiedChunk[],
  onChunk: (ordinal: number, digest: Digest) => void = () => {},
): Promise<BucketsOfSides> {
  const { table, signal } = sides
  const form = digestForm(table)
  const cells = new Cells(table.estimatedRows)
  let source: Digest = { rows: 0, bytes: 0, value: digesterOf(form).value() }
  for (const { ordinal, range } of chunks) {
    const ours = digesterOf(form, (hashed) => cells.add('source', hashed))
    const { rows, bytes } = await sides.source(range, digestSink(ours), signal)
    const digest = { rows, bytes, value: ours.value() }
    onChunk(ordinal, digest)
    source = {
      rows: source.rows + rows,
      bytes: source.bytes + bytes,
      value: sumOfBuckets([source.value, digest.value]) as string,
    }
  }
  const theirs = digesterOf(form, (hashed) => cells.add('target', hashed))
  const read = await sides.target(ALL_PAGES, digestSink(theirs), { signal, rowIds: false })
  const target = { rows: read.rows, bytes: read.bytes, value: theirs.value() }
  return { source, target, differing: differingBuckets(source, target, cells.differing()) }
}

/** Whatever the number of pages: rows stream. */
const ALL_PAGES: TargetPart = { by: 'pages', from: 0, to: null }

/**
 * The rows that differ in these buckets, each seen twice with `pause` in between: in one go where `bounds` lets it,
 * else in several, each of which reads both sides again. Memory: hashes of the rows of one go, and the lines of those
 * that differ.
 */
export async function* compareBuckets(
  sides: Sides,
  chunks: readonly CopiedChunk[],
  buckets: DifferingBuckets,
  pause: () => Promise<void>,
  bounds = BOUNDS,
): AsyncGenerator<RowDifference> {
  const selection = { buckets, identity: identityOf(sides.table), hash: lineHash }
  const tally = new Tally(Math.min(bounds.lines, Math.max(FEWEST_LINES, 2 * buckets.rows)))
  const left: Lots[] = [ALL_LOTS]
  for (let lots = left.pop(); lots !== undefined; lots = left.pop()) {
    const surplus = new Surplus(selection, lots, tally)
    await surplus.see('source', sourceOf(sides, chunks))
    await surplus.see('target', targetOf(sides, false))
    left.push(...surplus.left)
    const parts = surplus.parts(bounds.bytes)
    if (parts.length > 0) await pause()
    for (const part of parts) yield* confirmed(sides, chunks, surplus, part, bounds.ids)
  }
}

/** A source that lives may have more by now. */
const FEWEST_LINES = 10_000

async function* confirmed(
  sides: Sides,
  chunks: readonly CopiedChunk[],
  surplus: Surplus,
  part: Part,
  mostIds: number,
): AsyncGenerator<RowDifference> {
  const twice = new Confirmed(surplus, part)
  const rowIds = sides.rowIds && part.extra <= mostIds
  await twice.see('source', sourceOf(sides, chunks), { rowIds: false })
  await twice.see('target', targetOf(sides, rowIds), { rowIds })
  const idsFollow = sides.rowIds && !rowIds
  for (const difference of twice.differences()) if (!idsFollow || difference.kind !== 'extra') yield difference
  if (idsFollow) yield* twice.rowsTooMany(targetOf(sides, true))
}

/** Chunk by chunk. */
async function* sourceOf(sides: Sides, chunks: readonly CopiedChunk[]): AsyncGenerator<Uint8Array> {
  for (const { range } of chunks) yield* streamOf(sides.signal, (sink, stop) => sides.source(range, sink, stop))
}

const targetOf = ({ target, signal }: Sides, rowIds: boolean): AsyncIterable<Uint8Array> =>
  streamOf(signal, (sink, stop) => target(ALL_PAGES, sink, { signal: stop, rowIds }))
