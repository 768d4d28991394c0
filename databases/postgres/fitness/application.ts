import type pg from 'pg'
import type { ApplicationFacts, Lacking } from '../../../core/fitness/facts.js'
import { onSession } from '../cancel.js'
import type { Target } from '../target.js'
import { rowsOf } from './asking.js'

/**
 * What the role of this connection finds in its own session: it logs in (a Failure where it cannot) and asks what it may
 * do; no row is read. Grants on single columns are not enough: an application reads whole tables.
 */
export async function applicationFacts(
  target: Target,
  schema: string,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<ApplicationFacts> {
  return await onSession(target, { ...target.about, doing: 'fitness' }, signal, async (client) => {
    const objects = await rowsOf<Lacking>(client, OBJECTS, [schema, tables])
    const places = await rowsOf<Lacking>(client, SCHEMA, [schema])
    return {
      ...(await readRole(client)),
      ...(await readTables(client, schema, tables)),
      tables: objects.length,
      lacking: [...places, ...objects].filter(({ privileges }) => privileges.length > 0),
    }
  })
}

async function readRole(
  client: pg.ClientBase,
): Promise<Pick<ApplicationFacts, 'role' | 'database' | 'address' | 'superuser'>> {
  const [role] = await rowsOf<Awaited<ReturnType<typeof readRole>>>(
    client,
    `SELECT current_user::text AS role, current_database()::text AS database, host(inet_server_addr()) AS address,
       rolsuper AS superuser FROM pg_roles WHERE rolname = current_user`,
  )
  return role!
}

async function readTables(
  client: pg.ClientBase,
  schema: string,
  tables: readonly string[],
): Promise<Pick<ApplicationFacts, 'schema' | 'owner' | 'missing'>> {
  const [found] = await rowsOf<Awaited<ReturnType<typeof readTables>>>(client, TABLES, [schema, tables])
  return found!
}

const TABLES = `WITH there AS (
    SELECT c.relname::text AS name, quote_ident(pg_get_userbyid(c.relowner)) AS owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = ANY($2) AND c.relkind IN ('r', 'p')
  )
  SELECT quote_ident($1) AS schema, (SELECT owner FROM there ORDER BY name LIMIT 1) AS owner,
    ARRAY(SELECT name FROM unnest($2::text[]) AS name WHERE name NOT IN (SELECT name FROM there) ORDER BY 1) AS missing`

/** A schema that is not there lacks everything below it, which the missing tables say. */
const SCHEMA = `SELECT 'schema ' || quote_ident(nspname) AS object,
    CASE WHEN has_schema_privilege(oid, 'USAGE') THEN '{}'::text[] ELSE '{USAGE}' END AS privileges
  FROM pg_namespace WHERE nspname = $1`

/**
 * Of each table, and of each sequence that a default of it calls (serial): identity columns ask for no right on theirs.
 */
const OBJECTS = `WITH tables AS (
    SELECT c.oid, 'table ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS object
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = ANY($2) AND c.relkind IN ('r', 'p')
  ), sequences AS (
    SELECT DISTINCT s.oid, 'sequence ' || quote_ident(n.nspname) || '.' || quote_ident(s.relname) AS object
    FROM tables t JOIN pg_attrdef f ON f.adrelid = t.oid
    JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' JOIN pg_namespace n ON n.oid = s.relnamespace
  )
  SELECT object, ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS p
    WHERE NOT has_table_privilege(oid, p)) AS privileges FROM tables
  UNION ALL
  SELECT object, CASE WHEN has_sequence_privilege(oid, 'USAGE') THEN '{}'::text[] ELSE '{USAGE}' END FROM sequences
  ORDER BY 1`
