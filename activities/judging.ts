import { sumOfBuckets } from '../core/digest-sum.js'
import type { Failure } from '../core/failure.js'
import { digestForm } from '../core/plan/digest-form.js'
import type { PlannedTable } from '../core/plan/types.js'
import type { CopiedChunk, ProofRequest, Side, Verdict } from '../core/proof.js'
import { isWhole } from './each-table.js'
import { nameDifferences } from './name-differences.js'
import type { Site } from './plans.js'
import { partsOfSide, readParts } from './proof-parts.js'
import type { Attempt } from './step.js'
import type { Tools } from './tools.js'
import { witnessTable } from './witness-tables.js'

export interface Judgement {
  readonly verdict: Verdict
  readonly rows: { readonly source: number | null; readonly target: number | null }
  readonly differences: number
  /** Why it was not proved. */
  readonly failure?: Failure
}

const NOT_PROVED: Judgement = { verdict: 'not proved', rows: { source: null, target: null }, differences: 0 }

/** Reads the parts that are missing, compares T and S1 with S0, asks the witness, and names the rows that differ. */
export async function judgeTable(
  site: Site,
  tools: Tools,
  request: ProofRequest,
  table: PlannedTable,
  attempt: Attempt,
): Promise<Judgement> {
  // Digests of what was copied say nothing of what was not.
  if (!(await isWhole(site, request.run, table))) return NOT_PROVED
  const sides: Side[] = request.withSource ? ['T', 'S1'] : ['T']
  for (const side of sides) {
    const count = await partsOfSide(site, request, table, side)
    await readParts(site, tools, request, table, side, { first: 0, count }, attempt)
  }
  const found = await compare(site, request, table)
  if (found === null) return NOT_PROVED
  const { unequal, rows } = found
  const differences = unequal.length > 0 ? await nameDifferences(site, request, table, unequal, attempt) : 0
  if (!found.target) return { verdict: await wrongTarget(site, request, table), rows, differences }
  const { agrees } = await witnessTable(site, request, table, attempt)
  if (!agrees) return { verdict: 'witness disagrees', rows, differences }
  return { verdict: found.source ? 'equal' : 'differs from the source now', rows, differences }
}

/** T is not S0: since the load, where that was proved clean. */
async function wrongTarget(site: Site, { kind, run }: ProofRequest, table: PlannedTable): Promise<Verdict> {
  if (kind !== 'verify') return 'copy wrong'
  return (await site.ledger.loadVerdict(run, table.ordinal)) === 'equal' ? 'target changed' : 'copy wrong'
}

interface Compared {
  /** Whether T, and S1 where it was taken, is S0. */
  readonly target: boolean
  readonly source: boolean
  /** Chunks to look at; all of a table in buckets, whose chunks say nothing about the target. */
  readonly unequal: readonly CopiedChunk[]
  readonly rows: { readonly source: number | null; readonly target: number | null }
}

const PAGE = 100

/** Null: some chunk has no S0, so there is nothing to compare with. Memory: a page of digests. */
async function compare(site: Site, request: ProofRequest, table: PlannedTable): Promise<Compared | null> {
  const { ledger } = site
  const ordered = digestForm(table).form === 'ordered'
  const unequal: CopiedChunk[] = []
  const all: CopiedChunk[] = []
  let s0: string | null = null
  let totalOfS1: string | null = null
  let source = true
  let target = true
  const rows = { copied: 0, source: 0, target: 0 }
  for (let first = 0; ; first += PAGE) {
    const chunks = await ledger.copiedChunks(request.run, table.ordinal, first, PAGE)
    if (chunks.length === 0) break
    const t = ordered ? await sideOf(site, request, table, 'T', first) : null
    const s1 = request.withSource ? await sideOf(site, request, table, 'S1', first) : null
    for (const chunk of chunks) {
      if (chunk.digest === null) return null
      rows.copied += chunk.digest.rows
      const read = t?.get(chunk.ordinal)
      const again = s1?.get(chunk.ordinal)
      const targetEqual = t === null || read?.value === chunk.digest.value
      const sourceEqual = !ordered || s1 === null || again?.value === chunk.digest.value
      rows.target += read?.rows ?? 0
      rows.source += again?.rows ?? 0
      target &&= targetEqual
      source &&= sourceEqual
      // Without its digest, which for a table in buckets is 50 KB.
      const bare = { ...chunk, digest: null }
      if (!targetEqual || !sourceEqual) unequal.push(bare)
      if (!ordered) {
        all.push(bare)
        s0 = plus(s0, chunk.digest.value)
        if (s1 !== null && again !== undefined) totalOfS1 = plus(totalOfS1, again.value)
      }
    }
  }
  if (!ordered) {
    const whole = await totalOfPages(site, request, table)
    target = whole.value === s0
    // Totals here too: a repair may have put what a chunk held into another one's digest.
    source = !request.withSource || totalOfS1 === s0
    rows.target = whole.rows
  }
  return {
    target,
    source,
    unequal: ordered ? unequal : target && source ? [] : all,
    rows: { source: request.withSource ? rows.source : rows.copied, target: rows.target },
  }
}

async function sideOf(site: Site, { proof }: ProofRequest, table: PlannedTable, side: Side, first: number) {
  const parts = await site.ledger.proofParts(proof, table.ordinal, side, first, PAGE)
  return new Map(parts.map(({ ordinal, digest }) => [ordinal, digest]))
}

/** T of a table in buckets: what its ranges of pages come to. */
async function totalOfPages(site: Site, { proof }: ProofRequest, table: PlannedTable) {
  let value: string | null = null
  let rows = 0
  for (let first = 0; ; first += PAGE) {
    const parts = await site.ledger.proofParts(proof, table.ordinal, 'T', first, PAGE)
    if (parts.length === 0) return { value, rows }
    for (const { digest } of parts) {
      value = plus(value, digest.value)
      rows += digest.rows
    }
  }
}

const plus = (sum: string | null, value: string): string | null => sumOfBuckets(sum === null ? [value] : [sum, value])
