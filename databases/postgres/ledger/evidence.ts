import { oneBucket } from '../../../core/digest-sum.js'
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

/** A digest in buckets is 50 KB: what is kept of a page is their total. */
const PAGE = 100
const SHA256_DIGITS = 64
const kept = (value: string): string => (value.length === SHA256_DIGITS ? value : oneBucket(value))

async function chunks(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['chunks']> {
  const all: EvidenceRows['chunks'][number][] = []
  for (;;) {
    const rows = await rowsOf<
      Ranged & { rows: string; bytes: string; digest: string | null; by: string | null; at: string | null }
    >(
      db,
      `select ordinal, from_key::text, to_key::text, rows_loaded as rows, bytes, encode(digest, 'hex') as digest,
         worker as by, ${iso('finished_at')} as at
       from nightferry.chunk where run = $1 and table_ordinal = $2 and ordinal > $3 and state = 'done'
       order by ordinal limit $4`,
      [run, table, all.at(-1)?.ordinal ?? -1, PAGE],
    )
    for (const { ordinal, by, at, digest, ...row } of rows) {
      const counts = { rows: countOf(row.rows), bytes: countOf(row.bytes) }
      const taken = digest === null ? null : { ...counts, value: kept(digest) }
      all.push({ ordinal, range: rangeOf(row), digest: taken, ...counts, by, at })
    }
    if (rows.length < PAGE) return all
  }
}

interface PartRow {
  readonly started: string
  readonly proof: ProofId
  readonly side: Side
  readonly ordinal: number
  readonly rows: string
  readonly bytes: string
  readonly digest: string
  readonly by: string
  readonly at: string
}

async function parts(db: Queryable, run: RunId, table: number): Promise<EvidenceRows['parts']> {
  const all: EvidenceRows['parts'][number][] = []
  let last: readonly unknown[] = ['-infinity', '', '', -1]
  for (;;) {
    const rows = await rowsOf<PartRow & { [column: string]: unknown }>(
      db,
      `select started_at::text as started, proof, side, ordinal, rows, bytes, encode(digest, 'hex') as digest,
         worker as by, ${iso('proof_part.at')} as at
       from nightferry.proof_part join nightferry.proof using (proof)
       where run = $1 and table_ordinal = $2 and (started_at, proof, side, ordinal) > ($3::timestamptz, $4, $5, $6::int)
       order by started_at, proof, side, ordinal limit $7`,
      [run, table, ...last, PAGE],
    )
    for (const { proof, side, ordinal, by, at, ...row } of rows) {
      const digest = { rows: countOf(row.rows), bytes: countOf(row.bytes), value: kept(row.digest) }
      all.push({ proof, side, ordinal, digest, by, at })
    }
    const end = rows.at(-1)
    if (end === undefined || rows.length < PAGE) return all
    last = [end.started, end.proof, end.side, end.ordinal]
  }
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
