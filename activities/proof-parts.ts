import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { Digest, ProofRequest, Side } from '../core/proof.js'
import type { KeyRange } from '../core/key-range.js'
import type { TargetPart } from '../core/ports.js'
import { digesterOf } from './digest/digester.js'
import { digestSink } from './digest/sinks.js'
import type { Site } from './plans.js'
import type { Tools } from './tools.js'

/** 64 MB of the target: a part of pages, about what a chunk is. */
const PAGES_PER_PART = 8192

/** How many parts a side of a table has: chunks, or ranges of pages where the target's order is not the source's. */
export async function partsOfSide(site: Site, request: ProofRequest, table: PlannedTable, side: Side): Promise<number> {
  if (side === 'S1' || digestForm(table).form === 'ordered')
    return (await site.ledger.chunkStats(request.run, table.ordinal)).chunks
  return (await cutPages(site, request, table)).parts
}

async function cutPages(site: Site, { proof }: ProofRequest, table: PlannedTable) {
  const pages = await site.target.pages(site.plan, table)
  return await site.ledger.cutPages(proof, table.ordinal, pages, PAGES_PER_PART)
}

/**
 * Reads parts [first, first + count) of one side that were not read yet, and writes down the digest of each. Repeatable:
 * what an earlier attempt wrote stays.
 */
export async function readParts(
  site: Site,
  tools: Pick<Tools, 'worker'>,
  request: ProofRequest,
  table: PlannedTable,
  side: Side,
  { first, count }: { first: number; count: number },
  { signal, beat }: { signal: AbortSignal; beat(counts: Readonly<Record<string, number>>): void },
): Promise<void> {
  const { ledger } = site
  const there = new Set(await ledger.provedOrdinals(request.proof, table.ordinal, side))
  const byPages = side === 'T' && digestForm(table).form === 'buckets'
  const { parts, pagesPerPart } = byPages ? await cutPages(site, request, table) : { parts: 0, pagesPerPart: 0 }
  for (let ordinal = first; ordinal < first + count; ordinal++) {
    if (there.has(ordinal)) continue
    signal.throwIfAborted()
    const started = performance.now()
    const from = ordinal * pagesPerPart
    const to = ordinal + 1 === parts ? null : from + pagesPerPart
    const digest = byPages
      ? await digestOfTarget(site, table, { by: 'pages', from, to }, signal)
      : await digestOfChunk(site, request, table, side, ordinal, signal)
    const seconds = (performance.now() - started) / 1000
    await ledger.addProofPart(request.proof, table.ordinal, { side, ordinal, digest }, seconds, tools.worker)
    beat({ parts: ordinal - first + 1, rows: digest.rows })
  }
}

async function digestOfChunk(
  site: Site,
  { run }: ProofRequest,
  table: PlannedTable,
  side: Side,
  ordinal: number,
  signal: AbortSignal,
): Promise<Digest> {
  const [chunk] = await site.ledger.copiedChunks(run, table.ordinal, ordinal, 1)
  if (chunk?.ordinal !== ordinal) throw new Error(`chunk ${ordinal} is not there`)
  return side === 'T'
    ? await digestOfTarget(site, table, { by: 'key', range: chunk.range }, signal)
    : await digestOfSource(site, table, chunk.range, signal)
}

async function digestOfTarget(site: Site, table: PlannedTable, part: TargetPart, signal: AbortSignal): Promise<Digest> {
  const digester = digesterOf(digestForm(table))
  const { rows, bytes } = await site.target.read(site.plan, table, part, digestSink(digester), { signal })
  return { rows, bytes, value: digester.value() }
}

/** S1 of a range: the source read again, as the copy reads it. */
export async function digestOfSource(
  site: Site,
  table: PlannedTable,
  range: KeyRange,
  signal: AbortSignal,
): Promise<Digest> {
  const digester = digesterOf(digestForm(table))
  const { rows, bytes } = await site.source.copy(table, range, digestSink(digester), { signal })
  return { rows, bytes, value: digester.value() }
}
