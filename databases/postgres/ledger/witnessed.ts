import type { KeyRange } from '../../../core/key-range.js'
import type { ProofId, SourceWitness } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
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

/** Repeatable: what was noted last stays. A chunk that is to be copied again forgets it. */
export async function noteWitness(
  db: Queryable,
  run: RunId,
  table: number,
  ordinal: number,
  { range, rows, sum }: SourceWitness,
): Promise<void> {
  await rowsOf(
    db,
    `update nightferry.chunk set witness = $4::jsonb
     where run = $1 and table_ordinal = $2 and ordinal = $3 and state = 'done'`,
    [run, table, ordinal, JSON.stringify({ ...range, rows, sum })],
  )
}

export function notedWitness(text: string | null): SourceWitness | null {
  if (text === null) return null
  const { from, to, rows, sum } = JSON.parse(text) as KeyRange & { readonly rows: number; readonly sum: string }
  return { range: { from, to }, rows, sum }
}
