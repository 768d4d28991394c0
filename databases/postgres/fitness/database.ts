import type pg from 'pg'
import type { DatabaseFacts } from '../../../core/fitness/facts.js'
import { inTransaction } from '../cancel.js'
import type { Target } from '../target.js'
import { rowsOf } from './asking.js'

/**
 * What one database says of itself; changes nothing. Every account that may connect sees all of it. Throws
 * `target-missing` where there is no such database.
 */
export async function databaseFacts(target: Target, signal: AbortSignal): Promise<DatabaseFacts> {
  return await inTransaction(target, { ...target.about, doing: 'fitness' }, signal, async (client) => {
    const about = await readAbout(client)
    return {
      ...about,
      extensions: await rowsOf(client, EXTENSIONS),
      collations: await readCollations(client),
      withoutAutovacuum: (await rowsOf<{ name: string }>(client, WITHOUT_AUTOVACUUM)).map(({ name }) => name),
      // The last one: it pretends to be a session that nobody pinned.
      ...(await readTimeZone(client)),
    }
  })
}

type About = Pick<DatabaseFacts, 'name' | 'encoding' | 'collate' | 'ctype' | 'bytes'>

async function readAbout(client: pg.ClientBase): Promise<About> {
  const [about] = await rowsOf<About>(
    client,
    `SELECT datname AS name, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype,
       pg_database_size(oid)::float8 AS bytes
     FROM pg_database WHERE datname = current_database()`,
  )
  return about!
}

/**
 * Our sessions pin their zone, so what others begin with is asked for: the database's own setting, else the server's
 * (`reset_val`). What a single account has set for itself is its own.
 */
async function readTimeZone(
  client: pg.ClientBase,
): Promise<Pick<DatabaseFacts, 'timeZone' | 'utcOffsetSeconds' | 'seasonOffsets'>> {
  const [zone] = await rowsOf<{ name: string }>(
    client,
    `SELECT coalesce(
       (SELECT substr(c, strpos(c, '=') + 1) FROM pg_db_role_setting s, unnest(s.setconfig) AS c
        WHERE s.setrole = 0 AND s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND lower(c) LIKE 'timezone=%'),
       (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone')) AS name`,
  )
  await client.query(`SELECT set_config('TimeZone', $1, true)`, [zone!.name])
  const [offset] = await rowsOf<{ seconds: number; january: number; july: number }>(client, OFFSETS)
  const { seconds, january, july } = offset!
  return { timeZone: zone!.name, utcOffsetSeconds: seconds, seasonOffsets: [january, july] }
}

const OFFSETS = `SELECT extract(timezone FROM now())::int AS seconds,
    extract(timezone FROM make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC'))::int AS january,
    extract(timezone FROM make_timestamptz(year, 7, 1, 0, 0, 0, 'UTC'))::int AS july
  FROM (SELECT extract(year FROM now() AT TIME ZONE 'UTC')::int AS year) AS this`

const EXTENSIONS = `SELECT e.extname AS name, e.extversion AS installed, a.default_version AS available
  FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname ORDER BY 1`

/** The database's own, and those of columns and indexes of people's tables: hundreds more lie there unused. */
async function readCollations(client: pg.ClientBase): Promise<DatabaseFacts['collations']> {
  const columns = await rowsOf<DatabaseFacts['collations'][number]>(
    client,
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS name, c.collversion AS recorded,
       pg_collation_actual_version(c.oid) AS actual
     FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
     WHERE c.collversion IS DISTINCT FROM pg_collation_actual_version(c.oid) AND c.collversion IS NOT NULL
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attcollation = c.oid AND a.attrelid >= 16384) ORDER BY 1`,
  )
  if (!(await knowsDatabaseVersion(client))) return columns
  const own = await rowsOf<DatabaseFacts['collations'][number]>(
    client,
    `SELECT 'of the database' AS name, datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual
     FROM pg_database WHERE datname = current_database() AND datcollversion IS NOT NULL
       AND datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)`,
  )
  return [...own, ...columns]
}

/** PostgreSQL 15 and later. */
async function knowsDatabaseVersion(client: pg.ClientBase): Promise<boolean> {
  const [row] = await rowsOf<{ knows: boolean }>(
    client,
    `SELECT current_setting('server_version_num')::int >= 150000 AS knows`,
  )
  return row!.knows
}

const WITHOUT_AUTOVACUUM = `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384 AND EXISTS (
    SELECT FROM pg_options_to_table(c.reloptions) o
    WHERE o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean) ORDER BY 1`
