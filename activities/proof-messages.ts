import type { ProofId } from '../core/proof.js'
import type { RunRef } from './messages.js'

/** What the entity and its activities tell each other about a proof that is to begin, or that came to no end. */

export interface NumberProofInput {
  readonly ref: RunRef
  /** Names, as the source or the target spells them; null: every table. */
  readonly tables: readonly string[] | null
  /** Ids that turned out to be taken. */
  readonly taken: readonly ProofId[]
}

export interface NumberedProof {
  readonly proof: ProofId
  /** Ordinals. */
  readonly tables: readonly number[] | null
  /** Sessions that the proof may have open: the run's. */
  readonly lanes: number
}

export interface AbandonProofInput {
  readonly ref: RunRef
  readonly proof: ProofId
}
