import { isDenied } from './snapshot-lock.js'
import type { Session } from './connect.js'
import { queryText } from './query.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'

/**
 * When, and where in the source's log. To be called under the lock, by which nothing is written in between: so one
 * statement, where that is enough.
 */
export async function readMoment({ raw, server }: Session): Promise<{ moment: string; position: string | null }> {
  const gtid = isMariaDb(server) ? '@@global.gtid_binlog_pos' : '@@global.gtid_executed'
  const [row] = await queryText(
    raw,
    `SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS moment, ${gtid} AS gtid`,
  )
  // Microseconds of which the last three are nought: ISO 8601 as JavaScript writes it has three digits.
  const moment = (row?.moment ?? '').replace(/\.(\d{3})\d*Z$/, '.$1Z')
  const set = row?.gtid?.replaceAll('\n', '') ?? ''
  return { moment, position: set === '' ? await readPlace(raw, server) : set }
}

/** File and offset: of a source without GTIDs. Null without the right (REPLICATION CLIENT, BINLOG MONITOR), or a log. */
async function readPlace(raw: Session['raw'], server: Server): Promise<string | null> {
  const status = !isMariaDb(server) && isAtLeast(server, 8, 2) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
  try {
    const [place] = await queryText(raw, status)
    return place?.file ? `${place.file}:${place.position}` : null
  } catch (error) {
    if (isDenied(error)) return null
    throw error
  }
}

/**
 * Whether ROLLBACK TO SAVEPOINT keeps metadata locks: MariaDB does so as long as the session writes a binlog, which
 * every session does where there is one.
 */
export async function keepsMetadataLocks({ raw, server }: Session): Promise<boolean> {
  if (!isMariaDb(server)) return false
  const [row] = await queryText(raw, 'SELECT @@global.log_bin AS log')
  return row?.log !== '0'
}
