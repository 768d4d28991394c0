import { Failure } from '../../../core/failure.js'
import type { ChunkClaim, ClaimResult } from '../../../core/ledger.js'
import type { CopyCounts } from '../../../core/ports.js'
import type { Digest } from '../../../core/proof.js'
import type { RunId } from '../../../core/run.js'
import { changedBy, countOf, keyOf, rowsOf, type Queryable } from './query.js'

interface ClaimRow {
  readonly table_ordinal: number
  readonly rows_loaded: string | null
  readonly bytes: string | null
  /** Null: the chunk is done. */
  readonly epoch: number | null
  readonly from_key: string | null
  readonly to_key: string | null
}

/**
 * Takes the chunks with this ordinal of these tables under new epochs, or says that they are done; one statement,
 * committed when it returns, in the order asked. A completion that is under way in another transaction is waited for,
 * `lockTimeout` ms at most: READ COMMITTED then reads the row as it became. Rows are locked in key order, so two claims
 * cannot wait for each other.
 *
 * The whole key stands in both conditions, and no join: the newest run is in no statistics yet, and the planner would
 * read all of its chunks for each claim. It does so for ANY, too, where one statement serves a bundle.
 */
export async function claimChunks(
  db: Queryable,
  run: RunId,
  tables: readonly number[],
  ordinal: number,
  worker: string,
  lockTimeout: number,
): Promise<ClaimResult[]> {
  const among = tables.length === 1 ? '= ($2::int[])[1]' : '= any($2::int[])'
  const rows = await rowsOf<ClaimRow & { [column: string]: unknown }>(
    db,
    `with deadline as materialized (select set_config('lock_timeout', $5, true) as set),
     locked as materialized (
       select table_ordinal, state, rows_loaded, bytes
       from nightferry.chunk
       where run = $1 and table_ordinal ${among} and ordinal = $3 and (select set from deadline) is not null
       order by table_ordinal for update),
     taken as (
       update nightferry.chunk
       set state = 'running', epoch = epoch + 1, worker = $4, started_at = clock_timestamp(),
         rows_again = rows_again + progress_rows, progress_rows = 0, progress_bytes = 0
       where run = $1 and table_ordinal ${among} and ordinal = $3 and state <> 'done'
       and (select count(*) from locked) > 0
       returning table_ordinal, epoch, from_key::text, to_key::text)
     select table_ordinal, rows_loaded, bytes, null as epoch, null as from_key, null as to_key
     from locked where state = 'done'
     union all
     select table_ordinal, null, null, epoch, from_key, to_key from taken`,
    [run, tables, ordinal, worker, `${lockTimeout}ms`],
  )
  const byTable = new Map(rows.map((row) => [row.table_ordinal, row]))
  return tables.map((table) => resultOf(run, table, ordinal, byTable.get(table)))
}

/** The same for tables of one chunk; a table that has none yet gets one that covers every possible key. */
export async function claimWhole(
  db: Queryable,
  run: RunId,
  tables: readonly number[],
  worker: string,
  lockTimeout: number,
): Promise<ClaimResult[]> {
  await changedBy(
    db,
    `insert into nightferry.chunk (run, table_ordinal, ordinal, epoch)
     select run, table_ordinal, 0, epochs from nightferry.run_table
     where run = $1 and table_ordinal = any($2::int[]) order by table_ordinal
     on conflict do nothing`,
    [run, tables],
  )
  return await claimChunks(db, run, tables, 0, worker, lockTimeout)
}

function resultOf(run: RunId, table: number, ordinal: number, row: ClaimRow | undefined): ClaimResult {
  if (row === undefined)
    throw new Failure('internal', `the ledger has no chunk ${ordinal} of table ${table}`, {
      remedy: 'start a new run; report this as a bug of Nightferry if it comes again',
    })
  if (row.epoch === null) return { state: 'done', rows: countOf(row.rows_loaded), bytes: countOf(row.bytes) }
  const range = { from: keyOf(row.from_key), to: keyOf(row.to_key) }
  return { state: 'claimed', claim: { run, table, ordinal, epoch: row.epoch, range } }
}

/**
 * Ends a chunk inside the transaction that loaded its rows. False: a newer claim or another attempt's completion was
 * first; the caller must roll back. Throws `rows-lost` where rows read and loaded differ.
 */
export async function completeChunk(
  client: Queryable,
  claim: ChunkClaim,
  read: CopyCounts,
  rowsLoaded: number,
  seconds: number,
  digest: Digest | null = null,
): Promise<boolean> {
  if (read.rows !== rowsLoaded)
    throw new Failure('rows-lost', `chunk ${claim.ordinal}: ${read.rows} rows read, ${rowsLoaded} loaded`, {
      remedy: 'nothing of this chunk was kept; report this as a bug of Nightferry',
    })
  const zeroDates = Object.entries(read.zeroDates).filter(([, rows]) => rows > 0)
  const changed = await changedBy(
    client,
    `update nightferry.chunk
     set state = 'done', finished_at = clock_timestamp(), rows_read = $5, rows_loaded = $6, bytes = $7, seconds = $8,
       zero_dates = $9::jsonb, digest = decode($10, 'hex'), progress_rows = $6, progress_bytes = $7
     where run = $1 and table_ordinal = $2 and ordinal = $3 and epoch = $4 and state = 'running'`,
    [
      claim.run,
      claim.table,
      claim.ordinal,
      claim.epoch,
      read.rows,
      rowsLoaded,
      read.bytes,
      seconds,
      zeroDates.length > 0 ? JSON.stringify(Object.fromEntries(zeroDates)) : null,
      digest?.value ?? null,
    ],
  )
  return changed === 1
}

/** Lossy on purpose: waits for no lock (a completion holds one until its commit) and for no disk. */
export async function chunkProgress(db: Queryable, claim: ChunkClaim, rows: number, bytes: number): Promise<void> {
  await changedBy(
    db,
    `with quick as materialized (select set_config('synchronous_commit', 'off', true) as set),
     free as materialized (
       select from nightferry.chunk
       where run = $1 and table_ordinal = $2 and ordinal = $3 and epoch = $4 and state = 'running'
       and (select set from quick) is not null
       for update skip locked)
     update nightferry.chunk set progress_rows = $5, progress_bytes = $6
     where run = $1 and table_ordinal = $2 and ordinal = $3 and epoch = $4 and (select count(*) from free) > 0`,
    [claim.run, claim.table, claim.ordinal, claim.epoch, rows, bytes],
  )
}
