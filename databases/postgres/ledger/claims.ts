import { Failure } from '../../../core/failure.js'
import type { Key } from '../../../core/key-range.js'
import type { ChunkClaim, ClaimResult, CopyCounts } from '../../../core/ports.js'
import type { RunId } from '../../../core/run.js'
import { changedBy, countOf, rowsOf, type Queryable } from './query.js'

interface ClaimRow {
  readonly table_ordinal: number
  readonly ordinal: number
  readonly state: string | null
  readonly rows_loaded: string | null
  readonly bytes: string | null
  readonly epoch: number | null
  readonly from_key: string | null
  readonly to_key: string | null
}

/**
 * Takes chunks under new epochs, or says that they are done; one statement, committed when it returns, in the order
 * asked. A chunk whose completion is under way in another transaction is waited for, `lockTimeout` ms at most: READ
 * COMMITTED then reads the row as it became. Rows are locked in key order, so two claims cannot wait for each other.
 */
export async function claimChunks(
  db: Queryable,
  run: RunId,
  chunks: readonly { readonly table: number; readonly ordinal: number }[],
  worker: string,
  lockTimeout: number,
): Promise<ClaimResult[]> {
  const rows = await rowsOf<ClaimRow>(
    db,
    `with deadline as materialized (select set_config('lock_timeout', $5, true) as set),
     asked as (
       select * from unnest($2::int[], $3::int[]) with ordinality as a(table_ordinal, ordinal, place)),
     locked as materialized (
       select c.table_ordinal, c.ordinal, c.state, c.rows_loaded, c.bytes
       from nightferry.chunk c
       where c.run = $1 and (select set from deadline) is not null
       and (c.table_ordinal, c.ordinal) in (select table_ordinal, ordinal from asked)
       order by c.table_ordinal, c.ordinal for update),
     taken as (
       update nightferry.chunk c
       set state = 'running', epoch = c.epoch + 1, worker = $4, started_at = clock_timestamp(),
         progress_rows = 0, progress_bytes = 0
       from locked l
       where c.run = $1 and c.table_ordinal = l.table_ordinal and c.ordinal = l.ordinal and c.state <> 'done'
       returning c.table_ordinal, c.ordinal, c.epoch, c.from_key::text as from_key, c.to_key::text as to_key)
     select a.table_ordinal, a.ordinal, l.state, l.rows_loaded, l.bytes, t.epoch, t.from_key, t.to_key
     from asked a left join locked l using (table_ordinal, ordinal) left join taken t using (table_ordinal, ordinal)
     order by a.place`,
    [run, chunks.map((c) => c.table), chunks.map((c) => c.ordinal), worker, `${lockTimeout}ms`],
  )
  return rows.map((row) => claimed(run, row))
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
    `insert into nightferry.chunk (run, table_ordinal, ordinal)
     select $1, t.ordinal, 0 from unnest($2::int[]) as t(ordinal)
     where not exists (select from nightferry.chunk where run = $1 and table_ordinal = t.ordinal and ordinal = 0)
     order by 2 on conflict do nothing`,
    [run, tables],
  )
  const chunks = tables.map((table) => ({ table, ordinal: 0 }))
  return await claimChunks(db, run, chunks, worker, lockTimeout)
}

function claimed(run: RunId, row: ClaimRow): ClaimResult {
  if (row.epoch !== null) {
    const range = { from: keyOf(row.from_key), to: keyOf(row.to_key) }
    const claim: ChunkClaim = { run, table: row.table_ordinal, ordinal: row.ordinal, epoch: row.epoch, range }
    return { state: 'claimed', claim }
  }
  if (row.state === 'done') return { state: 'done', rows: countOf(row.rows_loaded), bytes: countOf(row.bytes) }
  throw new Failure('internal', `the ledger has no chunk ${row.ordinal} of table ${row.table_ordinal}`, {
    remedy: 'start a new run; report this as a bug of Nightferry if it comes again',
  })
}

const keyOf = (text: string | null): Key | null => (text === null ? null : (JSON.parse(text) as Key))

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
       zero_dates = $9::jsonb, progress_rows = $6, progress_bytes = $7
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
       select run, table_ordinal, ordinal from nightferry.chunk
       where run = $1 and table_ordinal = $2 and ordinal = $3 and epoch = $4 and state = 'running'
       and (select set from quick) is not null
       for update skip locked)
     update nightferry.chunk c set progress_rows = $5, progress_bytes = $6
     from free f where c.run = f.run and c.table_ordinal = f.table_ordinal and c.ordinal = f.ordinal`,
    [claim.run, claim.table, claim.ordinal, claim.epoch, rows, bytes],
  )
}
