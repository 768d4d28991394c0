import { bucketsOf } from './digest-sum.js'
import type {
  Evidence,
  EvidenceRows,
  PartEvidence,
  ProofEvidence,
  Signed,
  TableEvidence,
  TableProofEvidence,
  TotalDigest,
  WitnessEvidence,
} from './evidence.js'
import type { KeyRange } from './key-range.js'
import { digestForm } from './plan/digest-form.js'
import type { PlannedColumn, PlannedTable } from './plan/types.js'
import { notWitnessed } from './plan/witnessed.js'
import type { Digest, DigestForm, ProofReport, Side } from './proof.js'
import type { ReadLabel, Skipped } from './run.js'

export type WhereOf = (range: KeyRange) => PartEvidence['where']

export const proofEvidence = ({
  tables: _tables,
  format: _format,
  migration: _m,
  run: _run,
  ...proof
}: ProofReport): ProofEvidence => proof

/** One table's evidence, of what the ledger has of it and of the run's proofs (newest first). */
export function tableEvidence(
  table: PlannedTable,
  rows: EvidenceRows,
  proofs: readonly ProofReport[],
  label: ReadLabel,
  whereOf: WhereOf,
  skipped?: Skipped,
): TableEvidence {
  const form = digestForm(table)
  const ordered = form.form === 'ordered'
  const over = proofs.flatMap(({ tables }) => tables.find((t) => t.table === table.source)?.s0 ?? [])[0] ?? null
  return {
    table: table.source,
    target: table.target,
    columns: table.columns.map(columnEvidence),
    order: ordered ? orderOf(table) : null,
    form,
    label: rows.mended.length > 0 ? 'best-effort' : label,
    ...(skipped !== undefined && { skipped }),
    mended: rows.mended,
    copied: copiedTotal(rows, form, over),
    proofs: proofs.flatMap((proof, i) => provedTable(table, rows, form, proof, i <= lastMending(rows, proofs))),
    parts: rows.chunks.map(({ ordinal, range, digest, ...chunk }) => ({
      ordinal,
      ...chunk,
      digest: ordered ? (digest?.value ?? null) : null,
      where: whereOf(range),
    })),
  }
}

/** Proofs come newest first. Those behind this place compared with digests that a repair has written anew since. */
function lastMending({ mended }: EvidenceRows, proofs: readonly ProofReport[]): number {
  const last = mended.at(-1)?.proof
  const at = proofs.findIndex(({ proof }) => proof === last)
  return at === -1 ? proofs.length : at
}

const columnEvidence = ({ source, target, cast }: PlannedColumn): TableEvidence['columns'][number] => {
  const { encoding, from, to } = cast
  const exact = !('onZero' in encoding) || encoding.onZero.do === 'refuse'
  return { source, target, from, to, as: encoding.as, charset: 'charset' in encoding ? encoding.charset : null, exact }
}

function orderOf({ key, columns }: PlannedTable): NonNullable<TableEvidence['order']> {
  return (key?.columns ?? []).map(({ column, descending }) => ({
    column: columns.find(({ source }) => source === column)?.target ?? column,
    descending,
  }))
}

function copiedTotal({ chunks }: EvidenceRows, form: DigestForm, over: string | null): TotalDigest | null {
  const digests = chunks.flatMap(({ digest }) => digest ?? [])
  if (digests.length < chunks.length || chunks.length === 0) return null
  return total(form, digests, chunks, over)
}

function provedTable(
  table: PlannedTable,
  { chunks, parts, witness }: EvidenceRows,
  form: DigestForm,
  { proof, tables }: ProofReport,
  ofThisCopy: boolean,
): TableProofEvidence[] {
  const report = tables.find((t) => t.table === table.source)
  if (report === undefined) return []
  const of = (side: Side, over: string | null): TotalDigest | null => {
    const taken = parts.filter((part) => part.proof === proof && part.side === side)
    return taken.length === 0
      ? null
      : total(
          form,
          taken.map(({ digest }) => digest),
          taken,
          over,
        )
  }
  const s0 = new Map(chunks.map(({ ordinal, digest }) => [ordinal, digest?.value]))
  const differing = parts.filter((part) => part.proof === proof && part.digest.value !== s0.get(part.ordinal))
  const ranges = witness.filter((range) => range.proof === proof)
  return [
    {
      proof,
      verdict: report.verdict,
      differences: report.differences,
      target: of('T', report.t),
      source: of('S1', report.s1),
      unequal:
        form.form === 'buckets' || !ofThisCopy
          ? []
          : differing.map(({ side, ordinal, digest: { rows, value } }) => ({ side, ordinal, rows, digest: value })),
      witness: ranges.length === 0 ? null : witnessEvidence(table, ranges),
    },
  ]
}

const witnessEvidence = (table: PlannedTable, ranges: EvidenceRows['witness']): WitnessEvidence => ({
  ranges: ranges.map(({ ordinal, source, target, agrees }) => ({ ordinal, source, target, agrees })),
  notWitnessed: notWitnessed(table),
})

function total(
  form: DigestForm,
  digests: readonly Digest[],
  signed: readonly Signed[],
  over: string | null,
): TotalDigest {
  const at = signed.flatMap((one) => one.at ?? []).toSorted()
  return {
    rows: digests.reduce((sum, { rows }) => sum + rows, 0),
    digest: form.form === 'ordered' ? over : sumOf(digests),
    by: [...new Set(signed.flatMap((one) => one.by ?? []))].toSorted(),
    from: at[0] ?? null,
    to: at.at(-1) ?? null,
  }
}

/** Over all buckets of all parts: what is left of the buckets when one sum is enough. */
function sumOf(digests: readonly Digest[]): string {
  let sum = 0n
  for (const { value } of digests) for (const bucket of bucketsOf(value)) sum += bucket.sum
  return (sum % (1n << 128n)).toString(16).padStart(32, '0')
}

/** Keys and hashes only where they must be: what an evidence is made of besides its tables. */
export type EvidenceHead = Omit<Evidence, 'tables' | 'proofs' | 'format'>

export const evidenceOf = (
  head: EvidenceHead,
  proofs: readonly ProofReport[],
  tables: readonly TableEvidence[],
): Evidence => ({ format: 1, ...head, proofs: proofs.map(proofEvidence), tables })
