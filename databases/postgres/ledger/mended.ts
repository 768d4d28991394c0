import type { Mended } from '../../../core/ports.js'
import type { Digest, KeyLeft, ProofId, ProofRequest } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
import { changedBy, countOf, rowsOf, type Queryable } from './query.js'

/** What this proof's repair of a table committed, if it did. */
export async function readMended(db: Queryable, proof: ProofId, table: number): Promise<Mended | null> {
  const [row] = await rowsOf<{ deleted: string; inserted: string; chunks: number }>(
    db,
    'select deleted, inserted, chunks from nightferry.mended where proof = $1 and table_ordinal = $2',
    [proof, table],
  )
  return row ? { deleted: countOf(row.deleted), inserted: countOf(row.inserted), chunks: row.chunks } : null
}

/**
 * In the transaction that mended the rows: what the chunks and the table hold now, and the mark that keeps another attempt from
 * mending them again. Throws where a chunk is not there.
 */
export async function recordMended(
  client: Queryable,
  { proof, run }: ProofRequest,
  table: number,
  mended: Mended & { readonly rows: number },
  digests: readonly { readonly ordinal: number; readonly digest: Digest }[],
  worker?: string,
): Promise<void> {
  const changed = await changedBy(
    client,
    `update nightferry.chunk c set digest = decode(d.value, 'hex'), rows_read = d.rows, rows_loaded = d.rows,
       progress_rows = d.rows, bytes = d.bytes, progress_bytes = d.bytes, finished_at = clock_timestamp(),
       worker = coalesce($7, worker)
     from unnest($3::int[], $4::text[], $5::bigint[], $6::bigint[]) as d(ordinal, value, rows, bytes)
     where c.run = $1 and c.table_ordinal = $2 and c.ordinal = d.ordinal and c.state = 'done'`,
    [
      run,
      table,
      digests.map(({ ordinal }) => ordinal),
      digests.map(({ digest }) => digest.value),
      digests.map(({ digest }) => digest.rows),
      digests.map(({ digest }) => digest.bytes),
      worker ?? null,
    ],
  )
  if (changed !== digests.length) throw new Error(`${digests.length} chunks were mended, the ledger has ${changed}`)
  await rowsOf(client, `update nightferry.run_table set rows_counted = $3 where run = $1 and table_ordinal = $2`, [
    run,
    table,
    mended.rows,
  ])
  await rowsOf(
    client,
    `insert into nightferry.mended (proof, table_ordinal, deleted, inserted, chunks) values ($1, $2, $3, $4, $5)`,
    [proof, table, mended.deleted, mended.inserted, mended.chunks],
  )
}

/** In the transaction that mended the rows. What an earlier repair left is kept by its table and name: the newest word counts. */
export async function recordKeysLeft(client: Queryable, proof: ProofId, keys: readonly KeyLeft[]): Promise<void> {
  for (const { schema, table, key, why } of keys)
    await rowsOf(
      client,
      `insert into nightferry.key_left (child, name, proof, why)
       select c.oid, $3, $4, $5 from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relname = $2
       on conflict (child, name) do update set proof = excluded.proof, why = excluded.why, at = excluded.at`,
      [schema, table, key, proof, why],
    )
}

/** Those of this proof's repair that are there and still not valid. */
export const keysLeftBy = (db: Queryable, proof: ProofId): Promise<KeyLeft[]> =>
  rowsOf<KeyLeft & { [column: string]: unknown }>(
    db,
    `select n.nspname as schema, r.relname as table, l.name as key, l.why
     from nightferry.key_left l
     join pg_catalog.pg_constraint c on c.conrelid = l.child and c.conname = l.name and not c.convalidated
     join pg_catalog.pg_class r on r.oid = l.child join pg_catalog.pg_namespace n on n.oid = r.relnamespace
     where l.proof = $1 order by 1, 2, 3`,
    [proof],
  )

/**
 * A table that its load proof stopped is done once a repair's proof of it is clean. One that was stopped earlier stays
 * so: it may lack more than rows. The run keeps its state and its reason, which say how it ended. Repeatable.
 */
export async function endMended(db: Queryable, run: RunId, proof: ProofId, table: number): Promise<void> {
  await rowsOf(
    db,
    `with ended as (
       update nightferry.run_table t set state = 'done', doing = null, proved_by = $2
       where t.run = $1 and t.table_ordinal = $3 and t.state = 'stopped' and exists (
         select from nightferry.proof_table l
         where l.proof = $1 and l.table_ordinal = $3 and l.verdict is not null)
       returning 1)
     update nightferry.run set stopped = stopped - 1, mended = mended + 1, mended_by = $2
     where run = $1 and exists (select from ended)`,
    [run, proof, table],
  )
}
