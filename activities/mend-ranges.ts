import type { CopiedChunk } from '../core/proof.js'
import { compareRange } from './comparing.js'
import { Counting, Exchange, sidesOf, type Mending, type NewDigest } from './mending.js'

/** The chunks of a table in order that the proof found unequal: exactly what the source gives takes their place. */
export async function mendRanges(work: Mending): Promise<NewDigest[]> {
  const { table, attempt, repair } = work
  const sides = sidesOf(work)
  const exchange = new Exchange(repair)
  const digests: NewDigest[] = []
  for await (const { ordinal, range } of unequalChunks(work)) {
    attempt.signal.throwIfAborted()
    const counting = new Counting(table)
    for await (const difference of compareRange(sides, range, counting.write)) {
      await exchange.take(difference)
      attempt.beat({ chunk: ordinal, rows: exchange.rows })
    }
    digests.push({ ordinal, digest: counting.digest() })
  }
  await exchange.flush()
  return digests
}

const PAGE = 100

/** Where T, or S1 if it was taken, is not S0; where one was never read too. */
async function* unequalChunks({ site, run, basis, table }: Mending): AsyncGenerator<CopiedChunk> {
  const { ledger } = site
  const request = await ledger.proof(basis)
  for (let first = 0; ; first += PAGE) {
    const chunks = await ledger.copiedChunks(run, table.ordinal, first, PAGE)
    if (chunks.length === 0) return
    const t = await ledger.proofParts(basis, table.ordinal, 'T', first, PAGE)
    const s1 = request?.withSource ? await ledger.proofParts(basis, table.ordinal, 'S1', first, PAGE) : null
    const [read, again] = [t, s1].map((parts) => parts && new Map(parts.map((p) => [p.ordinal, p.digest.value])))
    for (const chunk of chunks) {
      const s0 = chunk.digest?.value
      const isEqual = s0 !== undefined && read?.get(chunk.ordinal) === s0
      if (!isEqual || (again && again.get(chunk.ordinal) !== s0)) yield chunk
    }
  }
}
