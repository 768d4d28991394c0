import type { ProofId } from '../../../core/proof.js'
import { rowsOf, type Queryable } from './query.js'

/** Ranges that the witness has looked at, in their order. */
export const witnessed = (
  db: Queryable,
  proof: ProofId,
  table: number,
): Promise<{ ordinal: number; agrees: boolean | null }[]> =>
  rowsOf(
    db,
    'select ordinal, agrees from nightferry.witness where proof = $1 and table_ordinal = $2 order by ordinal',
    [proof, table],
  )
