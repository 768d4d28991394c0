import type pg from 'pg'
import type { ReadLabel, RunId } from '../../../core/run.js'
import type { Reading, ReportedReading } from '../../../core/snapshot.js'
import { countOf, inTransaction, iso, rowsOf, type Queryable } from './query.js'

export async function setReading(db: Queryable, run: RunId, { label, reason, snapshot }: Reading): Promise<void> {
  await rowsOf(
    db,
    `update nightferry.run
     set label = $2, label_reason = $3, label_decided = true, moment = $4, position = $5, lock = $6,
       lock_attempts = $7, blocked_ms = $8, locked = $9, labelled = $10
     where run = $1 and ended_at is null`,
    [
      run,
      label,
      reason,
      snapshot?.moment ?? null,
      snapshot?.position ?? null,
      snapshot?.lock ?? null,
      snapshot?.attempts ?? null,
      snapshot?.blockedMs ?? null,
      snapshot?.locked ?? null,
      snapshot?.labelled ?? null,
    ],
  )
}

export async function loseSnapshot(db: Queryable, run: RunId, reason: string): Promise<void> {
  await rowsOf(
    db,
    `update nightferry.run set label = 'best-effort', label_reason = $2
     where run = $1 and label = 'snapshot' and ended_at is null`,
    [run, reason],
  )
}

export async function labelTables(db: Queryable, run: RunId, tables: readonly string[]): Promise<void> {
  await rowsOf(
    db,
    `update nightferry.run
     set locked = array(select t from unnest(locked) t where t <> all ($2::text[])),
       labelled = labelled || array(select t from unnest(locked) t where t = any ($2::text[]))
     where run = $1 and ended_at is null and locked && $2::text[]`,
    [run, tables],
  )
}

export async function tablesMade(
  db: Queryable,
  run: RunId,
  made: readonly { readonly table: number; readonly made: string }[],
): Promise<number[]> {
  const rows = await rowsOf<{ table_ordinal: number; changed: boolean }>(
    db,
    `update nightferry.run_table t set made = coalesce(t.made, m.made)
     from unnest($2::int[], $3::text[]) as m(ordinal, made)
     where t.run = $1 and t.table_ordinal = m.ordinal
     returning t.table_ordinal, t.made <> m.made as changed`,
    [run, made.map((one) => one.table), made.map((one) => one.made)],
  )
  return rows.filter((row) => row.changed).map((row) => row.table_ordinal)
}

/** Chunks keep their ranges and their epochs: what is under way meets a newer one, and is rolled back. */
export async function restartRun(pool: pg.Pool, run: RunId): Promise<void> {
  await inTransaction(pool, async (client) => {
    await rowsOf(
      client,
      `update nightferry.chunk
       set rows_again = rows_again + coalesce(rows_read, progress_rows), state = 'pending', epoch = epoch + 1,
         worker = null, progress_rows = 0, progress_bytes = 0, finished_at = null, rows_read = null, rows_loaded = null,
         bytes = null, seconds = null, zero_dates = null, digest = null, witness = null
       where run = $1`,
      [run],
    )
    // As if an earlier run had made them: the next preparation drops them and makes them anew.
    await rowsOf(client, "update nightferry.object set run = '' where run = $1", [run])
    await rowsOf(client, 'delete from nightferry.failure where run = $1', [run])
    await rowsOf(
      client,
      `update nightferry.run_table
       set state = 'waiting', doing = null, rows_counted = null, made = null, seconds_copy = 0, seconds_indexes = 0,
         spans = '{}'
       where run = $1`,
      [run],
    )
  })
}

export interface ReadingRow {
  readonly label: ReadLabel
  readonly label_decided: boolean
  readonly label_reason: string | null
  readonly moment: string | null
  readonly position: string | null
  readonly lock: string | null
  readonly lock_attempts: number | null
  readonly blocked_ms: number | null
  readonly locked: string[] | null
  readonly labelled: string[] | null
  readonly rows_again: string
}

/** What `readingOf` takes, of `nightferry.run r`. */
export const READING_COLUMNS = `r.label, r.label_decided, r.label_reason, ${iso('r.moment')} as moment, r.position, r.lock,
  r.lock_attempts, r.blocked_ms, r.locked, r.labelled,
  (select coalesce(sum(c.rows_again), 0) from nightferry.chunk c where c.run = r.run) +
    (select coalesce(sum(t.rows_again), 0) from nightferry.run_table t where t.run = r.run) as rows_again`

/** Null before it is decided, and for runs of before there was such a thing. */
export function readingOf(row: ReadingRow): ReportedReading | null {
  if (!row.label_decided) return null
  const { moment, position, lock } = row
  const about = { position, attempts: row.lock_attempts ?? 0, blockedMs: row.blocked_ms ?? 0 }
  const tables = { locked: row.locked ?? [], labelled: row.labelled ?? [] }
  const snapshot = moment === null ? null : { moment, lock: lock ?? '', ...about, ...tables }
  return { label: row.label, reason: row.label_reason, snapshot, rowsAgain: countOf(row.rows_again) }
}

export async function readReading(db: Queryable, run: RunId): Promise<ReportedReading | null> {
  const [row] = await rowsOf<ReadingRow & { [column: string]: unknown }>(
    db,
    `select ${READING_COLUMNS} from nightferry.run r where r.run = $1`,
    [run],
  )
  return row === undefined ? null : readingOf(row)
}
