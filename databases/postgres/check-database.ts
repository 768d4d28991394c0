import type pg from 'pg'
import type { Finding } from '../../core/finding.js'
import type { ErrorContext } from './errors.js'
import { ident } from './quote.js'

export interface DatabaseFacts {
  readonly encoding: string
  /** May this account make schemas in the database? */
  readonly makesSchemas: boolean
  readonly hasLedger: boolean
  readonly hasSchema: boolean
  /** May this account make tables in the schema? False where there is no such schema. */
  readonly makesTables: boolean
}

export async function readDatabaseFacts(client: pg.ClientBase, schema: string): Promise<DatabaseFacts> {
  const { rows } = await client.query<DatabaseFacts>(
    `SELECT current_setting('server_encoding') AS encoding,
       has_database_privilege(current_database(), 'CREATE') AS "makesSchemas",
       EXISTS (SELECT FROM pg_namespace WHERE nspname = 'nightferry') AS "hasLedger",
       n.oid IS NOT NULL AS "hasSchema",
       coalesce(has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE'), false) AS "makesTables"
     FROM (VALUES ($1::name)) AS w(name) LEFT JOIN pg_namespace n ON n.nspname = w.name`,
    [schema],
  )
  return rows[0]!
}

export function databaseFindings(facts: DatabaseFacts, about: ErrorContext, schema: string): Finding[] {
  const findings: Finding[] = []
  const block = (name: string, message: string, remedy: string): void =>
    void findings.push({ name, severity: 'blocking', subject: about.connection, message, remedy })
  const { user, database } = about
  if (facts.encoding !== 'UTF8')
    block(
      'encoding-not-utf8',
      `The database ${database} is encoded in ${facts.encoding}, which cannot hold every text.`,
      `Make a database with ENCODING 'UTF8' TEMPLATE template0 and name it in the connection.`,
    )
  if (!facts.makesSchemas && !(facts.hasLedger && facts.hasSchema))
    block(
      'no-create-on-database',
      `The account ${user} may make no schema in the database ${database}.`,
      `GRANT CREATE ON DATABASE ${ident(database)} TO ${ident(user)}.`,
    )
  if (facts.hasSchema && !facts.makesTables)
    block(
      'no-create-on-schema',
      `The account ${user} may make no tables in the schema ${schema}.`,
      `GRANT USAGE, CREATE ON SCHEMA ${ident(schema)} TO ${ident(user)}.`,
    )
  return findings
}
