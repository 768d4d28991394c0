import type { SchemaDifference } from './ports.js'
import type { ProofId, ProofReport, Verdict } from './proof.js'

/** A table whose rows are not what was copied, and the proof that said so. */
export interface ToMend {
  /** The source's name. */
  readonly table: string
  readonly basis: ProofId
  readonly verdict: Verdict
}

/** What copying rows again can mend: not what a witness saw, since reader and encoder are those of the copy. */
const MENDABLE: ReadonlySet<Verdict> = new Set(['copy wrong', 'target changed'])

/**
 * The newest word about each table counts (proofs come newest first); a proof that came to no end says nothing. Tables
 * that only differ from a source that went on are not wrong.
 */
export function tablesToMend(proofs: readonly ProofReport[]): ToMend[] {
  const newest = new Map<string, ToMend>()
  for (const { proof, tables } of proofs)
    for (const { table, verdict } of tables)
      if (verdict !== 'not proved' && !newest.has(table)) newest.set(table, { table, basis: proof, verdict })
  return [...newest.values()].filter(({ verdict }) => MENDABLE.has(verdict))
}

/** What of the schema a repair mends: an invalid index, a constraint that is not validated, a counter behind. */
export const schemaToMend = (differences: readonly SchemaDifference[]): SchemaDifference[] =>
  differences.filter(({ mendable }) => mendable)
