import { createHash } from 'node:crypto'
import { queryText } from './query.js'
import { isMariaDb } from './server.js'
import type { Sessions } from './sessions.js'

/**
 * Who answers, told by the server itself, so that socket, address and any host name give the same text.
 * MySQL has a UUID for each data directory. MariaDB's `server_uid` (10.5.26, 10.6.19, 10.11.9, 11.x) is a hash of a
 * network card, the port and the like; host, port, folder and process file tell as much in every version.
 */
export async function identify(
  sessions: Sessions,
): Promise<{ server: string; database: string; product: string; version: string }> {
  return await sessions.withSession(async ({ raw, server }) => {
    const facts = isMariaDb(server)
      ? "CONCAT_WS('|', @@hostname, @@port, @@datadir, @@pid_file, @@socket)"
      : '@@server_uuid'
    const [row] = await queryText(raw, `SELECT ${facts} AS facts, DATABASE() AS name`)
    const known = createHash('sha256')
      .update(row?.facts ?? '')
      .digest('hex')
      .slice(0, 32)
    return {
      server: `${server.product.toLowerCase()}:${isMariaDb(server) ? known : (row?.facts ?? known)}`,
      database: row?.name ?? sessions.address.database,
      product: server.product,
      version: server.version,
    }
  })
}
