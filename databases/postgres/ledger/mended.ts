import type { Mended } from '../../../core/ports.js'
import type { Digest, ProofId, ProofRequest } from '../../../core/proof.js'
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
): Promise<void> {
  const changed = await changedBy(
    client,
    `update nightferry.chunk c set digest = decode(d.value, 'hex'), rows_read = d.rows, rows_loaded = d.rows,
       progress_rows = d.rows, bytes = d.bytes, progress_bytes = d.bytes
     from unnest($3::int[], $4::text[], $5::bigint[], $6::bigint[]) as d(ordinal, value, rows, bytes)
     where c.run = $1 and c.table_ordinal = $2 and c.ordinal = d.ordinal and c.state = 'done'`,
    [
      run,
      table,
      digests.map(({ ordinal }) => ordinal),
      digests.map(({ digest }) => digest.value),
      digests.map(({ digest }) => digest.rows),
      digests.map(({ digest }) => digest.bytes),
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
