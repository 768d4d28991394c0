import type { ProofId } from '../core/proof.js'
import type { RunRef } from './messages.js'

/** What the repair workflow and its activities tell each other: ids and counts, never keys or values. */

export interface PlannedRepair {
  readonly tables: readonly MendTable[]
}

export interface MendTable {
  /** Ordinal, and the source's name. */
  readonly table: number
  readonly name: string
  /** The proof that found it unequal. */
  readonly basis: ProofId
}

export interface RepairTableInput {
  readonly ref: RunRef
  readonly proof: ProofId
  /** Not `table`: a repair that fails leaves the table as it was, and stops nothing. */
  readonly mend: MendTable
}

export interface MendSchemaInput {
  readonly ref: RunRef
  /** Absent from repairs of before there were keys to tell of. */
  readonly proof?: ProofId
  /** Ordinals; null: every table. */
  readonly tables: readonly number[] | null
}

export interface MendedSchema {
  readonly mended: number
  readonly failures: readonly MendFailure[]
}

/** Of a table that could not be mended, without keys and values. */
export interface MendFailure {
  readonly table: string
  readonly message: string
  readonly remedy: string
}
