import { hash } from 'node:crypto'
import { type DifferingBuckets, differingBuckets, type LineHash } from '../core/compare/buckets.js'
import { identityOf } from '../core/compare/identity.js'
import { keyOrder } from '../core/compare/keys.js'
import { Confirmed, Surplus, type Selection } from '../core/compare/multiset.js'
import { compareOrdered } from '../core/compare/ordered.js'
import type { RowDifference } from '../core/compare/row-difference.js'
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

/** Both sides of a table in buckets as they are now; `onChunk` is told what each chunk of the source comes to. */
export async function digestSides(
  sides: Sides,
  chunks: readonly CopiedChunk[],
  onChunk: (ordinal: number, digest: Digest) => void = () => {},
): Promise<BucketsOfSides> {
  const { table, signal } = sides
  const form = digestForm(table)
  let source: Digest = { rows: 0, bytes: 0, value: digesterOf(form).value() }
  for (const { ordinal, range } of chunks) {
    const ours = digesterOf(form)
    const { rows, bytes } = await sides.source(range, digestSink(ours), signal)
    const digest = { rows, bytes, value: ours.value() }
    onChunk(ordinal, digest)
    source = {
      rows: source.rows + rows,
      bytes: source.bytes + bytes,
      value: sumOfBuckets([source.value, digest.value]) as string,
    }
  }
  const theirs = digesterOf(form)
  const read = await sides.target(ALL_PAGES, digestSink(theirs), { signal, rowIds: false })
  const target = { rows: read.rows, bytes: read.bytes, value: theirs.value() }
  return { source, target, differing: differingBuckets(source, target) }
}

/** Whatever the number of pages: rows stream. */
const ALL_PAGES: TargetPart = { by: 'pages', from: 0, to: null }

/**
 * The rows that differ in these buckets, go by go, each row seen twice with `pause` in between. Memory: hashes of
 * the rows of one go, and the lines of those that differ.
 */
export async function* compareBuckets(
  sides: Sides,
  chunks: readonly CopiedChunk[],
  buckets: DifferingBuckets,
  pause: () => Promise<void>,
): AsyncGenerator<RowDifference> {
  const identity = identityOf(sides.table)
  for (let go = 0; go < buckets.goes; go++) {
    const selection: Selection = { buckets, identity, hash: lineHash, go }
    const surplus = new Surplus(selection)
    await surplus.see('source', sourceOf(sides, chunks))
    await surplus.see('target', targetOf(sides, false))
    if (surplus.counts.size === 0) continue
    await pause()
    const confirmed = new Confirmed(selection, surplus.counts)
    await confirmed.see('source', sourceOf(sides, chunks), { rowIds: false })
    await confirmed.see('target', targetOf(sides, sides.rowIds), { rowIds: sides.rowIds })
    yield* confirmed.differences()
  }
}

/** Chunk by chunk. */
async function* sourceOf(sides: Sides, chunks: readonly CopiedChunk[]): AsyncGenerator<Uint8Array> {
  for (const { range } of chunks) yield* streamOf(sides.signal, (sink, stop) => sides.source(range, sink, stop))
}

const targetOf = ({ target, signal }: Sides, rowIds: boolean): AsyncIterable<Uint8Array> =>
  streamOf(signal, (sink, stop) => target(ALL_PAGES, sink, { signal: stop, rowIds }))
