import type pg from 'pg'
import { onMaintenance } from './database.js'
import { onSession } from './cancel.js'
import { Failure } from '../../core/failure.js'
import type { Target } from './target.js'

export interface Identity {
  readonly server: string
  readonly database: string
  readonly product: string
  readonly version: string
}

/**
 * Who the server is, whatever the URL calls it: the identifier that initdb gave the cluster. A replica of it carries
 * the same. Works where the database does not exist yet.
 */
export async function identify(target: Target): Promise<Identity> {
  try {
    return await onSession(target, target.about, undefined, (client) => read(client, target.address.database))
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'target-missing') throw error
    return await onMaintenance(target, (client) => read(client, target.address.database))
  }
}

async function read(client: pg.ClientBase, database: string): Promise<Identity> {
  const { rows } = await client.query<{ server: string; version: string }>(
    `SELECT system_identifier::text AS server, current_setting('server_version') AS version FROM pg_control_system()`,
  )
  return { server: `postgresql:${rows[0]!.server}`, database, product: 'PostgreSQL', version: rows[0]!.version }
}
