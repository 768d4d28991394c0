import type { Connection } from 'mysql2'
import { queryText, type TextRow } from './query.js'
import { isAtLeast, isMariaDb, type Server } from './server.js'
import type { Sessions } from './sessions.js'

/**
 * Whether writes are blocked: this database by `READ ONLY` (MySQL 8.0.22), or the whole server by `read_only`, which is how
 * every replica stands. Null: the server is, and the account may not see whether it is a replica.
 */
export async function readOnly(sessions: Sessions, signal: AbortSignal): Promise<boolean | null> {
  return await sessions.withSession(async ({ raw, server }) => {
    if (await isDatabaseReadOnly(raw, server)) return true
    const [row] = await queryText(raw, 'SELECT @@global.read_only AS blocked')
    // MariaDB from 12 says NO_LOCK and the like.
    const isBlocked = !['0', 'OFF'].includes((row?.['blocked'] ?? '0').toUpperCase())
    if (!isBlocked) return false
    const replica = await isReplica(raw, server)
    return replica === null ? null : !replica
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

/** Null: the account may not see it. */
async function isReplica(raw: Connection, server: Server): Promise<boolean | null> {
  const status = isMariaDb(server)
    ? 'SHOW ALL SLAVES STATUS'
    : isAtLeast(server, 8, 0, 22)
      ? 'SHOW REPLICA STATUS'
      : 'SHOW SLAVE STATUS'
  const sources = await orNull(queryText(raw, status))
  if (sources !== null && sources.length > 0) return true
  const [running] = await queryText(raw, `SHOW GLOBAL STATUS LIKE 'Slave_running'`)
  return seenReplica(sources, running?.['value'] ?? null)
}

/** `running`: every account may see it; null: newer MySQL does not have it. `sources` null: not for this account. */
export function seenReplica(sources: readonly unknown[] | null, running: string | null): boolean | null {
  if (running === 'ON' || (sources !== null && sources.length > 0)) return true
  return sources === null && running === null ? null : false
}

const NOT_ALLOWED = new Set(['ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_ERROR'])

async function orNull(asked: Promise<TextRow[]>): Promise<TextRow[] | null> {
  try {
    return await asked
  } catch (error) {
    if (NOT_ALLOWED.has((error as { code?: string }).code ?? '')) return null
    throw error
  }
}
