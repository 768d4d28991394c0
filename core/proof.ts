import type { KeyRange } from './key-range.js'
import type { WitnessSum } from './ports.js'
import type { RunId } from './run.js'

/**
 * A proof compares, for one run: S0 (taken while rows were copied), T (the target read back), S1 (the source read
 * again) and the witness (SQL inside both servers). A run's own load proof bears the run's id; later ones are
 * `<run>.2`, `<run>.3`, ...
 */
export type ProofId = string

/** How the rows of a table become one value on both sides. */
export type DigestForm =
  /** SHA-256 over the canonical lines in the key's order, which both servers have alike. A part is a chunk. */
  | { readonly form: 'ordered' }
  /**
   * Rows fall into buckets of the whole table by the SHA-256 of their line; a bucket has a count and a sum of 128-bit
   * hashes. A part of the source is a chunk, a part of the target a range of pages: only their totals are compared.
   */
  | { readonly form: 'buckets'; readonly buckets: number; readonly because: string }

export interface Digest {
  readonly rows: number
  /** Canonical bytes. */
  readonly bytes: number
  /** Hexadecimal: 32 bytes of SHA-256; or for each bucket 8 bytes of count and 16 of sum (modulo 2^128), big-endian. */
  readonly value: string
}

/** T: the target read back. S1: the source read again. */
export type Side = 'T' | 'S1'

export type ProofKind = 'load' | 'verify' | 'repair'

export type Verdict =
  | 'equal'
  /** T is S0 and S1 is not: information while the source lives, an error under a fence or within one snapshot. */
  | 'differs from the source now'
  /** T was S0 when the load was proved, and is not any more. */
  | 'target changed'
  /** T never was S0. */
  | 'copy wrong'
  /** SQL inside both servers does not agree about the same rows. */
  | 'witness disagrees'
  /** Not compared: the table was stopped before, or its proof did not come to an end. */
  | 'not proved'

/** From best to worst: what a proof of many tables is called is its worst. */
export const VERDICTS: readonly Verdict[] = [
  'equal',
  'differs from the source now',
  'not proved',
  'witness disagrees',
  'target changed',
  'copy wrong',
]

export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce<Verdict>((a, b) => (VERDICTS.indexOf(b) > VERDICTS.indexOf(a) ? b : a), 'equal')

/** Whether a proof with this verdict is clean: the other verdicts end a command with 6. */
export const isClean = (verdict: Verdict): boolean => verdict === 'equal' || verdict === 'differs from the source now'

/** What is asked of a proof. */
export interface ProofRequest {
  readonly proof: ProofId
  readonly run: RunId
  readonly kind: ProofKind
  /** Whether S1 is taken. */
  readonly withSource: boolean
  /** Share of the rows that the witness sees: 0 none, 1 all. */
  readonly witness: number
  /** Ordinals; null: every table. */
  readonly tables: readonly number[] | null
}

/** A chunk as it was copied. */
export interface CopiedChunk {
  readonly ordinal: number
  readonly range: KeyRange
  /** S0; null where the run was told not to take it. */
  readonly digest: Digest | null
  /** Null where nothing was noted: the chunk was copied without a snapshot, or is not in the sample. */
  readonly witness?: SourceWitness | null
}

/** What SQL in the source said of a range of a chunk, in the snapshot that the chunk was copied in. */
export interface SourceWitness extends WitnessSum {
  readonly range: KeyRange
}

export interface ProofPart {
  readonly side: Side
  readonly ordinal: number
  readonly digest: Digest
}

export type DifferenceKind = 'missing' | 'extra' | 'changed'

/** One row that is not the same on both sides. Values are canonical COPY fields; null is NULL. */
export interface Difference {
  /** `missing`: not in the target. `extra`: only in the target. */
  readonly kind: DifferenceKind
  /** As a person reads it: `id=17`, `tenant=3, code=ä`; of a table without a key, `row <start of its hash>`. */
  readonly key: string
  /** Columns that differ (`changed`), or all of them. The side that has no such row says null. */
  readonly columns: readonly {
    readonly column: string
    readonly source: string | null
    readonly target: string | null
  }[]
  /** How often: more than 1 only in a table without a key. */
  readonly times: number
}

/** What a proof found out about one table. */
export interface TableProof {
  readonly table: string
  readonly verdict: Verdict
  readonly form: DigestForm['form']
  readonly rowsSource: number | null
  readonly rowsTarget: number | null
  readonly differences: number
  readonly seconds: number
  /**
   * Hexadecimal SHA-256 over the digests of all parts in their order; null where not taken, in `buckets`, and S0 of a
   * proof that was before the table was mended.
   */
  readonly s0: string | null
  readonly t: string | null
  readonly s1: string | null
  readonly witness: TableWitness | null
}

export interface TableWitness {
  readonly ranges: number
  readonly rows: number
  readonly agrees: boolean
  /** Columns for whose type no independent expression exists. */
  readonly notWitnessed: readonly string[]
}

/** `nightferry verify --json` without the differences, and the proof of a run's report. */
export interface ProofReport {
  readonly format: 1
  readonly migration: string
  readonly proof: ProofId
  readonly run: RunId
  readonly kind: ProofKind
  readonly withSource: boolean
  readonly witness: number
  readonly started: string
  readonly ended: string | null
  /** Null while it is under way. */
  readonly verdict: Verdict | null
  readonly tables: readonly TableProof[]
  readonly differences: number
  /** Of a repair: foreign keys of people that held before it, and do not since. Absent where there are none. */
  readonly keysLeft?: readonly KeyLeft[]
}

/** A foreign key that no plan made. It was valid, a repair had to make it NOT VALID, and could not validate it again. */
export interface KeyLeft {
  /** As the target spells them. */
  readonly schema: string
  readonly table: string
  readonly key: string
  readonly why: string
}
