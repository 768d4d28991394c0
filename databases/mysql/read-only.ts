import type { Connection } from 'mysql2'
import { queryText, type TextRow } from './query.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'
import type { Sessions } from './sessions.js'

/**
 * Whether writes are blocked: this database by `READ ONLY` (MySQL 8.0.22), or the whole server by `read_only`, which is how
 * every replica stands. What the account may not see of replication counts as none.
 */
export async function readOnly(sessions: Sessions, signal: AbortSignal): Promise<boolean> {
  return await sessions.withSession(async ({ raw, server }) => {
    if (await isDatabaseReadOnly(raw, server)) return true
    const [row] = await queryText(raw, 'SELECT @@global.read_only AS blocked')
    // MariaDB from 12 says NO_LOCK and the like.
    const isBlocked = !['0', 'OFF'].includes((row?.['blocked'] ?? '0').toUpperCase())
    return isBlocked && !(await isReplica(raw, server))
  }, signal)
}

async function isDatabaseReadOnly(raw: Connection, server: Server): Promise<boolean> {
  if (isMariaDb(server) || !isAtLeast(server, 8, 0, 22)) return false
  const [row] = await queryText(
    raw,
    'SELECT options FROM information_schema.schemata_extensions WHERE schema_name = database()',
  )
  return /READ ONLY=1/i.test(row?.['options'] ?? '')
}

async function isReplica(raw: Connection, server: Server): Promise<boolean> {
  const status = isMariaDb(server)
    ? 'SHOW ALL SLAVES STATUS'
    : isAtLeast(server, 8, 0, 22)
      ? 'SHOW REPLICA STATUS'
      : 'SHOW SLAVE STATUS'
  const sources = await orNothing(queryText(raw, status))
  if (sources.length > 0) return true
  // Every account may see this one; newer MySQL does not have it.
  const [running] = await queryText(raw, `SHOW GLOBAL STATUS LIKE 'Slave_running'`)
  return running?.['value'] === 'ON'
}

const NOT_ALLOWED = new Set(['ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR'])

async function orNothing(asked: Promise<TextRow[]>): Promise<TextRow[]> {
  try {
    return await asked
  } catch (error) {
    if (NOT_ALLOWED.has((error as { code?: string }).code ?? '')) return []
    throw error
  }
}
