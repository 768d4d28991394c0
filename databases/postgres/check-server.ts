import type pg from 'pg'
import type { Finding } from '../../core/finding.js'

const OLDEST = 140_000

/** A run at its usual width: copying sessions, their claims, the read API, and somebody's psql. */
const ENOUGH_CONNECTIONS = 20

export interface ServerFacts {
  /** `150004`: major version times 10,000. */
  readonly version: number
  readonly versionText: string
  readonly standby: boolean
  readonly readOnly: boolean
  readonly createsDatabases: boolean
  /** Sessions that this account could open now. */
  readonly freeConnections: number
}

export async function readServerFacts(client: pg.ClientBase): Promise<ServerFacts> {
  const { rows } = await client.query<ServerFacts>(`
    SELECT current_setting('server_version_num')::int AS version,
      current_setting('server_version') AS "versionText",
      pg_is_in_recovery() AS standby,
      current_setting('default_transaction_read_only') = 'on' AS "readOnly",
      r.rolcreatedb OR r.rolsuper AS "createsDatabases",
      least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
        CASE WHEN r.rolconnlimit >= 0 AND NOT r.rolsuper
          THEN r.rolconnlimit - (SELECT count(*) FROM pg_stat_activity WHERE usename = r.rolname) END,
        (SELECT CASE WHEN d.datconnlimit >= 0 AND NOT r.rolsuper
          THEN d.datconnlimit - (SELECT count(*) FROM pg_stat_activity WHERE datid = d.oid) END
         FROM pg_database d WHERE d.datname = current_database()))::int AS "freeConnections"
    FROM pg_roles r WHERE r.rolname = current_user`)
  return rows[0]!
}

export function serverFindings(facts: ServerFacts, connection: string): Finding[] {
  const findings: Finding[] = []
  const add = (name: string, severity: Finding['severity'], message: string, remedy: string): void =>
    void findings.push({ name, severity, subject: connection, message, remedy })
  if (facts.version < OLDEST)
    add(
      'server-too-old',
      'blocking',
      `The target is PostgreSQL ${facts.versionText}; 14 is the oldest that works.`,
      'Upgrade the server, or choose another target.',
    )
  if (facts.standby)
    add(
      'target-is-standby',
      'blocking',
      'The target is a standby: it takes no writes.',
      'Give the connection the address of the primary.',
    )
  else if (facts.readOnly)
    add(
      'target-is-read-only',
      'blocking',
      'default_transaction_read_only is on for this account, database or server.',
      'ALTER ROLE or ALTER DATABASE ... SET default_transaction_read_only = off.',
    )
  if (facts.freeConnections < ENOUGH_CONNECTIONS)
    add(
      'few-connections',
      'warning',
      `Only ${Math.max(0, facts.freeConnections)} more sessions fit on the target; a run at its usual width wants ${ENOUGH_CONNECTIONS}.`,
      'Raise max_connections (or the limit of account or database), or lower limits.parallelism.',
    )
  return findings
}
