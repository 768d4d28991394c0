import type { EvidenceRows } from '../../../core/evidence.js'
import type { ProofId, Side } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
import { countOf, iso, keyOf, rowsOf, type Queryable } from './query.js'

/** All that was written down about one table of a run and of its proofs, in order. */
export async function evidenceRows(db: Queryable, run: RunId, table: number): Promise<EvidenceRows> {
  return {
    chunks: await chunks(db, run, table),
    parts: await parts(db, run, table),
    witness: await witness(db, run, table),
    mended: await mended(db, run, table),
  }
}

interface Ranged {
  readonly ordinal: number
  readonly from_key: string | null
  readonly to_key: string | null
}

const rangeOf = (row: Omit<Ranged, 'ordinal'>) => ({ from: keyOf(row.from_key), to: keyOf(row.to_key) })

async function chunks(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['chunks']> {
  const rows = await rowsOf<
    Ranged & { rows: string; bytes: string; digest: string | null; by: string | null; at: string | null }
  >(
    db,
    `select ordinal, from_key::text, to_key::text, rows_loaded as rows, bytes, encode(digest, 'hex') as digest,
       worker as by, ${iso('finished_at')} as at
     from nightferry.chunk where run = $1 and table_ordinal = $2 and state = 'done' order by ordinal`,
    [run, table],
  )
  return rows.map(({ ordinal, by, at, digest: value, ...row }) => {
    const counts = { rows: countOf(row.rows), bytes: countOf(row.bytes) }
    return { ordinal, range: rangeOf(row), digest: value === null ? null : { ...counts, value }, ...counts, by, at }
  })
}

async function parts(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['parts']> {
  const rows = await rowsOf<{
    proof: ProofId
    side: Side
    ordinal: number
    rows: string
    bytes: string
    digest: string
    by: string
    at: string
  }>(
    db,
    `select proof, side, ordinal, rows, bytes, encode(digest, 'hex') as digest, worker as by, ${iso('proof_part.at')} as at
     from nightferry.proof_part join nightferry.proof using (proof)
     where run = $1 and table_ordinal = $2 order by started_at, proof, side, ordinal`,
    [run, table],
  )
  return rows.map(({ rows: count, bytes, digest, ...part }) => ({
    ...part,
    digest: { rows: countOf(count), bytes: countOf(bytes), value: digest },
  }))
}

async function witness(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['witness']> {
  const rows = await rowsOf<
    Ranged & {
      proof: ProofId
      rows_source: string
      rows_target: string
      sum_source: string
      sum_target: string
      agrees: boolean | null
    }
  >(
    db,
    `select proof, ordinal, from_key::text, to_key::text, rows_source, rows_target, sum_source, sum_target, agrees
     from nightferry.witness join nightferry.proof using (proof)
     where run = $1 and table_ordinal = $2 order by started_at, proof, ordinal`,
    [run, table],
  )
  return rows.map((row) => ({
    proof: row.proof,
    ordinal: row.ordinal,
    range: rangeOf(row),
    source: { rows: countOf(row.rows_source), sum: row.sum_source },
    target: { rows: countOf(row.rows_target), sum: row.sum_target },
    agrees: row.agrees,
  }))
}

async function mended(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['mended']> {
  const rows = await rowsOf<{ proof: ProofId; deleted: string; inserted: string; at: string }>(
    db,
    `select proof, deleted, inserted, ${iso('mended.at')} as at from nightferry.mended join nightferry.proof using (proof)
     where run = $1 and table_ordinal = $2 order by mended.at`,
    [run, table],
  )
  return rows.map(({ proof, deleted, inserted, at }) => ({
    proof,
    deleted: countOf(deleted),
    inserted: countOf(inserted),
    at,
  }))
}
