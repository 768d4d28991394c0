import type pg from 'pg'
import type { CopiedChunk, Digest, ProofId, ProofPart, ProofRequest, Side, Verdict } from '../../../core/proof.js'
import { worst } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
import { countOf, inTransaction, keyOf, rowsOf, type Queryable } from './query.js'
import { notedWitness } from './witnessed.js'

/** Repeatable: the first request of this id stays. */
export async function openProof(db: Queryable, request: ProofRequest, tables: readonly number[]): Promise<void> {
  await rowsOf(
    db,
    `with opened as (
       insert into nightferry.proof (proof, run, kind, with_source, witness, tables)
       values ($1, $2, $3, $4, $5, $6::int[]) on conflict do nothing)
     insert into nightferry.proof_table (proof, table_ordinal) select $1, unnest($7::int[]) on conflict do nothing`,
    [request.proof, request.run, request.kind, request.withSource, request.witness, request.tables, tables],
  )
}

interface RequestRow {
  readonly proof: ProofId
  readonly run: RunId
  readonly kind: ProofRequest['kind']
  readonly with_source: boolean
  readonly witness: number
  readonly tables: number[] | null
}

export async function readProof(db: Queryable, proof: ProofId): Promise<ProofRequest | null> {
  const [row] = await rowsOf<RequestRow & pg.QueryResultRow>(
    db,
    'select proof, run, kind, with_source, witness, tables from nightferry.proof where proof = $1',
    [proof],
  )
  if (row === undefined) return null
  const { with_source: withSource, ...rest } = row
  return { ...rest, withSource }
}

interface DigestRow {
  readonly ordinal: number
  readonly rows: string
  readonly bytes: string
  readonly digest: string
}

const digestOf = (row: DigestRow): Digest => ({
  rows: countOf(row.rows),
  bytes: countOf(row.bytes),
  value: row.digest,
})

/** Chunks that are done, in their order, from `first` on. */
export async function copiedChunks(
  db: Queryable,
  run: RunId,
  table: number,
  first: number,
  atMost: number,
): Promise<CopiedChunk[]> {
  const rows = await rowsOf<
    Omit<DigestRow, 'digest'> & Record<'digest' | 'witness' | 'from_key' | 'to_key', string | null>
  >(
    db,
    `select ordinal, from_key::text, to_key::text, rows_loaded as rows, bytes, encode(digest, 'hex') as digest,
       witness::text
     from nightferry.chunk where run = $1 and table_ordinal = $2 and ordinal >= $3 and state = 'done'
     order by ordinal limit $4`,
    [run, table, first, atMost],
  )
  return rows.map(({ digest, ...row }) => ({
    ordinal: row.ordinal,
    range: { from: keyOf(row.from_key), to: keyOf(row.to_key) },
    digest: digest === null ? null : digestOf({ ...row, digest }),
    witness: notedWitness(row.witness),
  }))
}

export async function provedOrdinals(db: Queryable, proof: ProofId, table: number, side: Side): Promise<number[]> {
  const rows = await rowsOf<{ ordinal: number }>(
    db,
    'select ordinal from nightferry.proof_part where proof = $1 and table_ordinal = $2 and side = $3',
    [proof, table, side],
  )
  return rows.map(({ ordinal }) => ordinal)
}

export async function proofParts(
  db: Queryable,
  proof: ProofId,
  table: number,
  side: Side,
  first: number,
  atMost: number,
): Promise<ProofPart[]> {
  const rows = await rowsOf<DigestRow & pg.QueryResultRow>(
    db,
    `select ordinal, rows, bytes, encode(digest, 'hex') as digest from nightferry.proof_part
     where proof = $1 and table_ordinal = $2 and side = $3 and ordinal >= $4 order by ordinal limit $5`,
    [proof, table, side, first, atMost],
  )
  return rows.map((row) => ({ side, ordinal: row.ordinal, digest: digestOf(row) }))
}

/** Repeatable: the first digest of a part stays. */
export async function addProofPart(
  db: Queryable,
  proof: ProofId,
  table: number,
  { side, ordinal, digest }: ProofPart,
  seconds: number,
  worker: string,
): Promise<void> {
  await rowsOf(
    db,
    `insert into nightferry.proof_part (proof, table_ordinal, side, ordinal, rows, bytes, digest, seconds, worker)
     values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9) on conflict do nothing`,
    [proof, table, side, ordinal, digest.rows, digest.bytes, digest.value, seconds, worker],
  )
}

/** How the pages of a table in buckets are cut into parts: decided once in a proof, since a table may grow meanwhile. */
export async function cutPages(
  db: Queryable,
  proof: ProofId,
  table: number,
  pages: number,
  pagesPerPart: number,
): Promise<{ parts: number; pagesPerPart: number }> {
  await rowsOf(
    db,
    `insert into nightferry.proof_table (proof, table_ordinal, parts, pages_per_part) values ($1, $2, $3, $4)
     on conflict (proof, table_ordinal) do update set parts = excluded.parts, pages_per_part = excluded.pages_per_part
     where proof_table.parts is null`,
    [proof, table, Math.max(1, Math.ceil(pages / pagesPerPart)), pagesPerPart],
  )
  const [row] = await rowsOf<{ parts: number; pages_per_part: number }>(
    db,
    'select parts, pages_per_part from nightferry.proof_table where proof = $1 and table_ordinal = $2',
    [proof, table],
  )
  return { parts: row?.parts ?? 1, pagesPerPart: row?.pages_per_part ?? pagesPerPart }
}

/** Repeatable; counts the table's differences and adds up the seconds of its parts. */
export async function setVerdict(
  db: Queryable,
  proof: ProofId,
  table: number,
  verdict: Verdict,
  rows: { source: number | null; target: number | null },
): Promise<void> {
  await rowsOf(
    db,
    `insert into nightferry.proof_table (proof, table_ordinal, verdict, rows_source, rows_target, differences, seconds)
     select $1, $2::int, $3, $4::bigint, $5::bigint,
       (select coalesce(sum(times), 0) from nightferry.difference where proof = $1 and table_ordinal = $2::int),
       (select coalesce(sum(seconds), 0) from nightferry.proof_part where proof = $1 and table_ordinal = $2::int)
     on conflict (proof, table_ordinal) do update set verdict = excluded.verdict, rows_source = excluded.rows_source,
       rows_target = excluded.rows_target, differences = excluded.differences, seconds = excluded.seconds`,
    [proof, table, verdict, rows.source, rows.target],
  )
}

/** As the table was loaded, or mended later: the newest word of those two kinds of proof. */
export async function loadVerdict(db: Queryable, run: RunId, table: number): Promise<Verdict | null> {
  const [row] = await rowsOf<{ verdict: Verdict | null }>(
    db,
    `select t.verdict from nightferry.proof_table t join nightferry.proof p using (proof)
     where p.run = $1 and t.table_ordinal = $2 and p.kind in ('load', 'repair') and t.verdict is not null
     and t.verdict <> 'not proved' order by p.started_at desc, p.proof desc limit 1`,
    [run, table],
  )
  return row?.verdict ?? null
}

/** Ends a proof with its worst verdict; a table without one was not proved. Repeatable. */
export async function closeProof(pool: pg.Pool, proof: ProofId): Promise<void> {
  await inTransaction(pool, async (client) => {
    const rows = await rowsOf<{ verdict: Verdict | null }>(
      client,
      `select verdict from nightferry.proof_table where proof = $1 and table_ordinal not in (
         select t.table_ordinal from nightferry.run_table t join nightferry.proof p on p.run = t.run
         where p.proof = $1 and t.state = 'skipped')`,
      [proof],
    )
    const verdict = worst(rows.map((row) => row.verdict ?? 'not proved'))
    await rowsOf(
      client,
      `update nightferry.proof set ended_at = coalesce(ended_at, now()), verdict = $2 where proof = $1`,
      [proof, verdict],
    )
  })
}
