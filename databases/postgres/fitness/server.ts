import type pg from 'pg'
import { Failure } from '../../../core/failure.js'
import type { ArchiverFacts, ServerFacts, StandbyFacts } from '../../../core/fitness/facts.js'
import { onSession } from '../cancel.js'
import { onMaintenance } from '../database.js'
import type { Target } from '../target.js'
import { asked, moment, rowsOf } from './asking.js'
import { readSettings } from './settings.js'

/**
 * What the server says of itself; changes nothing. A part that this account may not see, or this version does not know,
 * is null. Works where the database does not exist yet. Errors of connecting are Failures.
 */
export async function serverFacts(target: Target, signal: AbortSignal): Promise<ServerFacts> {
  try {
    return await onSession(target, { ...target.about, doing: 'fitness' }, signal, read)
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'target-missing') throw error
    return await onMaintenance(target, read)
  }
}

async function read(client: pg.ClientBase): Promise<ServerFacts> {
  const [told] = await rowsOf<{ version: string; now: string }>(
    client,
    `SELECT split_part(current_setting('server_version'), ' ', 1) AS version, ${moment('clock_timestamp()')} AS now`,
  )
  return {
    product: `PostgreSQL ${told!.version}`,
    now: told!.now,
    systemIdentifier: await asked(() => readIdentifier(client)),
    settings: await readSettings(client),
    archiver: await asked(() => readArchiver(client)),
    standbys: await asked(() => readStandbys(client)),
    connections: await asked(() => readConnections(client)),
  }
}

async function readIdentifier(client: pg.ClientBase): Promise<string | null> {
  const [row] = await rowsOf<{ id: string }>(client, 'SELECT system_identifier::text AS id FROM pg_control_system()')
  return row?.id ?? null
}

async function readArchiver(client: pg.ClientBase): Promise<ArchiverFacts | null> {
  const [row] = await rowsOf<Omit<ArchiverFacts, keyof Waiting>>(
    client,
    `SELECT archived_count::float8 AS archived, ${moment('last_archived_time')} AS "lastArchived",
       failed_count::float8 AS failed, ${moment('last_failed_time')} AS "lastFailed", last_failed_wal AS "lastFailedWal"
     FROM pg_stat_archiver`,
  )
  if (row === undefined) return null
  return { ...row, ...((await asked(() => readWaiting(client))) ?? { waiting: null, waitingSince: null }) }
}

type Waiting = Pick<ArchiverFacts, 'waiting' | 'waitingSince'>

/** A command that hangs neither succeeds nor fails: only what waits for it tells. PostgreSQL 12 and later, for pg_monitor. */
async function readWaiting(client: pg.ClientBase): Promise<Waiting | null> {
  const [row] = await rowsOf<Waiting>(
    client,
    `SELECT count(*)::int AS waiting, ${moment('min(modification)')} AS "waitingSince"
     FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`,
  )
  return row ?? null
}

/** Null where there are some of which this account sees no more than that they are there. */
async function readStandbys(client: pg.ClientBase): Promise<StandbyFacts[] | null> {
  const rows = await rowsOf<Omit<StandbyFacts, 'state'> & { readonly state: string | null }>(
    client,
    `SELECT coalesce(nullif(r.application_name, ''), '(no name)') AS name, r.state, r.sync_state AS sync,
       extract(epoch FROM r.replay_lag)::float8 AS "lagSeconds",
       pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END,
         r.replay_lsn)::float8 AS "lagBytes"
     FROM pg_stat_replication r WHERE ${IS_STANDBY} ORDER BY 1, r.pid`,
  )
  const seen = rows.filter((row): row is StandbyFacts => row.state !== null)
  return seen.length === rows.length ? seen : null
}

/**
 * Neither a backup that is being taken, nor a reader of changes (its slot is logical), nor one that only keeps the log
 * (pg_receivewal and Barman stream as a standby does, and never replay). One whose state is not shown may be any of them.
 */
const IS_STANDBY = `r.state IS DISTINCT FROM 'backup' AND (r.state = 'streaming' AND r.replay_lsn IS NULL) IS NOT TRUE
  AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')`

/** From the counters of the databases, which every account sees as they are. */
async function readConnections(client: pg.ClientBase): Promise<number | null> {
  const [row] = await rowsOf<{ all: number }>(client, 'SELECT sum(numbackends)::int AS all FROM pg_stat_database')
  return row?.all ?? null
}
