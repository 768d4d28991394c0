import { isDenied } from './snapshot-lock.js'
import type { Session } from './connect.js'
import { queryText, type TextRow } from './query.js'
import { isAtLeast, isMariaDb } from './server.js'

/** When, and where in the source's log. To be called under the lock, by which nothing is written in between. */
export async function readMoment(session: Session): Promise<{ moment: string; position: string | null }> {
  const [row] = await queryText(session.raw, "SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS moment")
  // Microseconds of which the last three are nought: ISO 8601 as JavaScript writes it has three digits.
  const moment = (row?.moment ?? '').replace(/\.(\d{3})\d*Z$/, '.$1Z')
  return { moment, position: await readPosition(session) }
}

/** GTIDs are readable by everybody, file and offset are not (REPLICATION CLIENT, or BINLOG MONITOR). */
async function readPosition({ raw, server }: Session): Promise<string | null> {
  const ask = async (sql: string): Promise<TextRow | undefined> => {
    try {
      return (await queryText(raw, sql))[0]
    } catch (error) {
      // Or a variable, or a statement, that this version does not have.
      const { errno } = error as { readonly errno?: number }
      if (isDenied(error) || errno === 1193 || errno === 1064) return undefined
      throw error
    }
  }
  const maria = isMariaDb(server)
  const status = !maria && isAtLeast(server, 8, 2) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
  const place = await ask(status)
  const gtid = await ask(`SELECT ${maria ? '@@global.gtid_binlog_pos' : '@@global.gtid_executed'} AS gtid`)
  const file = place?.file ? `${place.file}:${place.position}` : null
  const set = gtid?.gtid ? gtid.gtid.replaceAll('\n', '') : null
  return [set, file].filter((one) => one !== null).join(' at ') || null
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
