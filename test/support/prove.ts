import type { ProofBegin } from '../../activities/messages.js'
import type { ProofRequest } from '../../core/proof.js'
import type { SiteUnderTest } from './site.js'

/** What the workflow does for a proof, one after another; null: the run's own. */
export const prove = async (site: SiteUnderTest, request: ProofRequest | null = null): Promise<Total> =>
  await judgeAll(site, { ref: site.ref, request })

interface Total {
  readonly unclean: number
  readonly stopped: number
  readonly differences: number
}

/** The same, of some tables, or under another version. */
export async function judgeAll(
  { data, attempt }: SiteUnderTest,
  { ref, request = null, ...only }: Partial<ProofBegin> & Pick<ProofBegin, 'ref'>,
): Promise<Total> {
  const proof = request?.proof ?? ref.run
  const { pieces, parts } = await attempt(() => data.planProof({ ref, request, ...only }))
  for (const { table, side, parts: count } of pieces)
    await attempt(() => data.proveParts({ ref, proof, table, side, first: 0, count }))
  const total = { unclean: 0, stopped: 0, differences: 0 }
  for (const { part } of parts) {
    const judged = await attempt(() => data.judgeTables({ ref, proof, part }))
    total.unclean += judged.unclean
    total.stopped += judged.stopped
    total.differences += judged.differences
  }
  await attempt(() => data.closeProof({ ref, proof }))
  return total
}

export const verifyOf = ({ ref }: SiteUnderTest, more: Partial<ProofRequest> = {}): ProofRequest => ({
  ...{ proof: `${ref.run}.2`, run: ref.run, kind: 'verify', withSource: false, witness: 0, tables: null },
  ...more,
})
