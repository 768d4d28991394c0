import type { WitnessRange } from './ledger.js'
import type { NotCarried } from './finding.js'
import type { CopiedChunk, DigestForm, KeyLeft, ProofId, ProofKind, ProofPart, Side, Verdict } from './proof.js'
import type { DeclaredLoss } from './report.js'
import type { ReadLabel, RunId, RunState, Skipped } from './run.js'
import type { ReportedReading } from './snapshot.js'

/**
 * What a run proved, in one document that needs nothing of ours to be read: docs/evidence.md says what each field means,
 * and how a stranger checks it. It holds keys, never other values.
 */
export interface Evidence {
  readonly format: 1
  /** Who wrote this down, and when. */
  readonly product: { readonly name: string; readonly version: string }
  readonly written: string
  readonly migration: string
  readonly run: RunId
  readonly version: number
  /** SHA-256 of what was planned. */
  readonly planHash: string
  readonly source: { readonly product: string; readonly version: string; readonly database: string }
  readonly target: {
    readonly product: string
    readonly version: string
    readonly database: string
    readonly schema: string
  }
  readonly state: RunState
  readonly reading: ReadingEvidence
  /** Newest first; the run's own proof of its load is the last. */
  readonly proofs: readonly ProofEvidence[]
  readonly tables: readonly TableEvidence[]
  readonly notCarried: readonly NotCarried[]
  readonly declaredLosses: readonly DeclaredLoss[]
}

/** Of which moment the rows are, where that is in the source's log, and what it cost the source. */
export interface ReadingEvidence extends ReportedReading {
  /** ISO 8601, UTC: the run's own begin and end. */
  readonly started: string
  readonly ended: string | null
}

export interface ProofEvidence {
  readonly proof: ProofId
  readonly kind: ProofKind
  readonly started: string
  readonly ended: string | null
  readonly withSource: boolean
  readonly witness: number
  readonly verdict: Verdict | null
  readonly differences: number
  /** As of `ProofReport`. */
  readonly keysLeft?: readonly KeyLeft[]
}

export interface TableEvidence {
  readonly table: string
  readonly target: string
  readonly columns: readonly ColumnEvidence[]
  /** Columns of the target in the order of the digests; null where a digest has no order. */
  readonly order: readonly { readonly column: string; readonly descending: boolean }[] | null
  readonly form: DigestForm
  /** The run's, or `best-effort` where rows were mended, or read again, later from a source that lives. */
  readonly label: ReadLabel
  /** A person set it aside: what is there of it proves nothing. Absent elsewhere. */
  readonly skipped?: Skipped
  /** Repairs, oldest first: `copied` and `parts` are of the last. */
  readonly mended: readonly MendedEvidence[]
  /** S0: what was copied. Null where some chunk has no digest. */
  readonly copied: TotalDigest | null
  readonly proofs: readonly TableProofEvidence[]
  /** Chunks in their order: ranges of the key that cover every row. */
  readonly parts: readonly PartEvidence[]
}

export interface MendedEvidence {
  readonly proof: ProofId
  readonly deleted: number
  readonly inserted: number
  readonly at: string
}

export interface ColumnEvidence {
  readonly source: string
  readonly target: string
  readonly from: string
  readonly to: string
  /** How the source's value becomes canonical text. */
  readonly as: string
  /** Of a text in the source. */
  readonly charset: string | null
  /** False: a cast changes some of its values, so the source has no such text. */
  readonly exact: boolean
}

/** A digest of a whole table, and who computed it when. */
export interface TotalDigest {
  readonly rows: number
  /**
   * Hexadecimal. `ordered`: SHA-256 over the digests of all parts in their order (32 bytes each). `buckets`: the sum of
   * the first 16 bytes of each line's SHA-256, modulo 2^128.
   */
  readonly digest: string | null
  readonly by: readonly string[]
  readonly from: string | null
  readonly to: string | null
}

export interface TableProofEvidence {
  readonly proof: ProofId
  readonly verdict: Verdict
  readonly differences: number
  /** The target read back; the source read again. Null: not taken. */
  readonly target: TotalDigest | null
  readonly source: TotalDigest | null
  /** Parts whose digest is not that of the copy (`ordered` only, and of proofs since the last repair of the table). */
  readonly unequal: readonly {
    readonly side: Side
    readonly ordinal: number
    readonly rows: number
    readonly digest: string
  }[]
  readonly witness: WitnessEvidence | null
}

export interface WitnessEvidence {
  readonly ranges: readonly {
    readonly ordinal: number
    readonly source: { readonly rows: number; readonly sum: string }
    readonly target: { readonly rows: number; readonly sum: string }
    /** Null: does not count, since the source changed meanwhile. */
    readonly agrees: boolean | null
  }[]
  readonly notWitnessed: readonly string[]
}

export interface PartEvidence {
  readonly ordinal: number
  readonly rows: number
  readonly bytes: number
  /** S0 of an `ordered` part; null where not taken, and in `buckets`, where only totals compare. */
  readonly digest: string | null
  readonly by: string | null
  readonly at: string | null
  /** The part's rows as a condition of each side's SQL; null where the target does not order the key as the source does. */
  readonly where: { readonly source: string; readonly target: string | null }
}

/** What the ledger has of one table. */
export interface EvidenceRows {
  readonly chunks: readonly (CopiedChunk & { readonly rows: number; readonly bytes: number } & Signed)[]
  readonly parts: readonly (ProofPart & { readonly proof: ProofId } & Signed)[]
  readonly witness: readonly (WitnessRange & { readonly proof: ProofId })[]
  readonly mended: readonly MendedEvidence[]
}

/** Which worker, and when (ISO 8601, UTC). */
export interface Signed {
  readonly by: string | null
  readonly at: string | null
}

/** A file of evidence: its second line is the evidence, as canonical JSON, and `sha256sum` of that line is in the first. */
export interface EvidenceFile {
  readonly format: 1
  readonly sha256: string
  readonly evidence: Evidence
}
