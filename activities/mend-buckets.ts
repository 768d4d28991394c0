import { hash } from 'node:crypto'
import type { RowDifference } from '../core/compare/row-difference.js'
import { minusBuckets, sumOfBuckets } from '../core/digest-sum.js'
import type { CopiedChunk, Digest } from '../core/proof.js'
import { compareBuckets, digestSides } from './comparing.js'
import { Counting, Exchange, sidesOf, type Mending, type NewDigest } from './mending.js'

/**
 * A table whose chunks are no ranges in the target: rows of differing buckets go and come, seen twice each. The new S0
 * of the whole is what the target holds then, by its digest before and the rows exchanged; chunk by chunk it is what
 * the source gave, unless the source moved meanwhile: then all of it stands in the first chunk.
 */
export async function mendBuckets(work: Mending): Promise<NewDigest[]> {
  const { table, attempt, repair } = work
  const sides = sidesOf(work)
  const { chunks, marks } = await chunksOf(work)
  const read: NewDigest[] = []
  const { source, target, differing } = await digestSides(sides, chunks, (ordinal, digest) => {
    if (marks.get(ordinal) !== markOf(digest)) read.push({ ordinal, digest })
  })
  const exchange = new Exchange(repair)
  const [gone, come] = [new Counting(table), new Counting(table)]
  const count = ({ source: ours, target: theirs, rowIds, times }: RowDifference): void => {
    if (ours !== null) come.line(ours, times)
    if (theirs !== null) gone.line(theirs, rowIds.length)
  }
  if (differing !== null)
    for await (const difference of compareBuckets(sides, chunks, differing, () => Promise.resolve())) {
      count(difference)
      await exchange.take(difference)
      attempt.beat({ rows: exchange.rows })
    }
  await exchange.flush()
  const now = exchanged(target, gone.digest(), come.digest())
  return now.value === source.value ? read : inTheFirst(chunks, now, new Counting(table).digest())
}

interface Chunks {
  readonly chunks: readonly CopiedChunk[]
  /** Of each digest that the ledger has: a thousand of them in full would be 50 MB. */
  readonly marks: ReadonlyMap<number, string>
}

const PAGE = 100

async function chunksOf({ site, run, table }: Mending): Promise<Chunks> {
  const chunks: CopiedChunk[] = []
  const marks = new Map<number, string>()
  for (;;) {
    const page = await site.ledger.copiedChunks(run, table.ordinal, chunks.length, PAGE)
    if (page.length === 0) return { chunks, marks }
    for (const { ordinal, range, digest } of page) {
      chunks.push({ ordinal, range, digest: null })
      if (digest !== null) marks.set(ordinal, markOf(digest))
    }
  }
}

const markOf = ({ value }: Digest): string => hash('sha256', value, 'base64')

function exchanged(before: Digest, gone: Digest, come: Digest): Digest {
  return {
    rows: before.rows - gone.rows + come.rows,
    bytes: before.bytes - gone.bytes + come.bytes,
    value: minusBuckets(sumOfBuckets([before.value, come.value]) as string, gone.value),
  }
}

const inTheFirst = (chunks: readonly CopiedChunk[], whole: Digest, nothing: Digest): NewDigest[] =>
  chunks.map(({ ordinal }, i) => ({ ordinal, digest: i === 0 ? whole : nothing }))
