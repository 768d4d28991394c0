import type { Session } from './connect.js'
import { queryText, type TextRow } from './query.js'
import { isDenied, type Lock } from './snapshot-lock.js'
import { hasLongQuery, hasLongWrite, statementsOf } from './snapshot-watch.js'
import { isMariaDb } from './server.js'

/**
 * What the account sees of others. `all`: PROCESS shows statements and transactions. `statements`: MySQL shows them to
 * whoever may read performance_schema, as `GRANT SELECT ON *.*` allows; MariaDB has it switched off. `own`: nothing.
 */
export type Sight = 'all' | 'statements' | 'own'

export async function sightOf({ raw, server }: Session): Promise<Sight> {
  const shows = async (sql: string): Promise<TextRow[] | null> =>
    await queryText(raw, sql).catch((error: unknown) => {
      if (isDenied(error)) return null
      throw error
    })
  // SHOW PROCESSLIST is never refused, only shorter, and grants may come by roles: this one is refused without PROCESS.
  if ((await shows('SELECT 1 FROM information_schema.innodb_trx LIMIT 1')) !== null) return 'all'
  if (isMariaDb(server)) return 'own'
  return ((await shows('SELECT 1 FROM performance_schema.threads LIMIT 1')) ?? []).length > 0 ? 'statements' : 'own'
}

/** The server's threads, as far as the account sees them. */
export const readProcesses = async ({ raw }: Session, sight: Sight): Promise<TextRow[]> =>
  await queryText(raw, sight === 'statements' ? THREADS : 'SHOW FULL PROCESSLIST')

const THREADS = `SELECT processlist_id AS id, processlist_db AS db, processlist_command AS command,
    processlist_time AS time, processlist_state AS state, processlist_info AS info
  FROM performance_schema.threads WHERE processlist_id IS NOT NULL`

/** Whether what this lock waits for is hidden from the account: then nobody knows how long it would wait. */
export const isBlind = ({ waitsFor }: Lock, sight: Sight): boolean =>
  waitsFor === 'statements' ? sight === 'own' : waitsFor === 'writers' && sight !== 'all'

/** Whether something that this lock would wait for has been under way for that long. */
export async function isBusy(session: Session, lock: Lock, sight: Sight, milliseconds: number): Promise<boolean> {
  if (lock.waitsFor === 'commits') return false
  const processes = await readProcesses(session, sight)
  const ours = new Set([session.threadId])
  if (lock.waitsFor === 'statements') return hasLongQuery(processes, milliseconds, ours)
  // Which tables others write to is not told, only in which database they are at home.
  const here = (await queryText(session.raw, 'SELECT DATABASE() AS name'))[0]?.name ?? ''
  const near = processes.filter(({ db }) => db === null || db === here)
  return (
    hasLongWrite(near, milliseconds, ours) ||
    (sight === 'all' && (await hasOldWriter(session, processes, here, milliseconds)))
  )
}

/**
 * A transaction that wrote, or reads FOR UPDATE, and is that old (it has whole seconds), idle ones and prepared ones (no
 * thread) too. `trx_started` is in the zone of the server's system, whatever the session's.
 */
async function hasOldWriter(
  { raw }: Session,
  processes: readonly TextRow[],
  here: string,
  milliseconds: number,
): Promise<boolean> {
  const seconds = Math.ceil(milliseconds / 1000)
  const writers = await queryText(
    raw,
    `SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx
      WHERE (trx_rows_modified > 0 OR trx_rows_locked > 0)
        AND trx_started < CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', 'SYSTEM') - INTERVAL ${seconds} SECOND`,
  )
  const databases = new Map(processes.map(({ id, db }) => [id, db]))
  return writers.some(({ id }) => (databases.get(id ?? '') ?? here) === here)
}

/**
 * What is being done right now; what is there in two looks goes on. Without sight, tables of ours that somebody uses:
 * SHOW OPEN TABLES tells that to everybody.
 */
export async function underWay(session: Session, sight: Sight): Promise<ReadonlySet<string>> {
  if (sight !== 'own') return statementsOf(await readProcesses(session, sight), new Set([session.threadId]))
  const rows = await queryText(session.raw, 'SHOW OPEN TABLES WHERE In_use > 0')
  return new Set(rows.map((row) => row.table ?? ''))
}
