import { Failure } from '../core/failure.js'
import type { ProofId, ProofRequest } from '../core/proof.js'
import type { Site } from './plans.js'

/** What was asked of a proof that `planProof` registered. */
export async function requestOf(site: Site, proof: ProofId): Promise<ProofRequest> {
  const request = await site.ledger.proof(proof)
  if (request !== null) return request
  throw new Failure('internal', `The ledger has no proof ${proof}`, { remedy: 'Start it again.' })
}
