import mysql from 'mysql2/promise'
import pg from 'pg'
import { backtick, doubleQuote } from '../../scripts/independent-check/expressions.js'
import { onMysql, onPostgres } from '../support/servers.js'

/** Foreign keys of the source's tables, and those of the target by whether they hold for every row. */
export async function foreignKeys(
  sourceUrl: string,
  targetUrl: string,
): Promise<{ source: number; validated: number; notValidated: number }> {
  const [there] = await onMysql(
    sourceUrl,
    'select count(*) as n from information_schema.referential_constraints where constraint_schema = database()',
  )
  const [here] = await onPostgres(
    targetUrl,
    `select count(*) filter (where convalidated)::int as yes, count(*) filter (where not convalidated)::int as no
       from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`,
  )
  return { source: Number(there?.['n']), validated: Number(here?.['yes']), notValidated: Number(here?.['no']) }
}

/** The id that the source would give next, by table in lower case. */
export async function nextIdsOfSource(url: string): Promise<Map<string, string>> {
  const [server] = await onMysql(url, 'select version() as v')
  // MySQL keeps the counters it shows for a day.
  const fresh = String(server?.['v']).includes('MariaDB') ? '' : 'set session information_schema_stats_expiry = 0;'
  const rows = await onMysql(
    url,
    `${fresh} select lower(t.table_name) as name, cast(t.auto_increment as char) as next
       from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
      where t.table_schema = database() and c.extra like '%auto_increment%'`,
  )
  return new Map(rows.map((row) => [String(row['name']), String(row['next'])]))
}

/**
 * The id that an insert gets in each table with an identity column, by table. Inserts a copy of a row without its id;
 * unique keys, which a copy would break, are dropped before and everything is rolled back (identity counters are not).
 */
export async function idsOfInserts(url: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string; id: string; others: string[]; unique: string[] }>(
      `select c.relname as name, max(a.attname) filter (where a.attidentity <> '') as id,
              array_agg(a.attname::text) filter (where a.attidentity = '') as others,
              array(select x.indexrelid::regclass::text from pg_index x where x.indrelid = c.oid and x.indisunique and not x.indisprimary) as unique
         from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        group by c.oid having bool_or(a.attidentity <> '')`,
    )
    const ids = new Map<string, string>()
    for (const { name, id, others, unique } of tables) {
      await client.query('begin')
      for (const index of unique) await client.query(`drop index ${index}`)
      const columns = others.map(doubleQuote).join(', ')
      const { rows } = await client.query<{ id: string }>(
        `insert into ${doubleQuote(name)} (${columns}) select ${columns} from ${doubleQuote(name)} limit 1 returning ${doubleQuote(id)}::text as id`,
      )
      await client.query('rollback')
      ids.set(name, rows[0]?.id ?? 'nothing to copy')
    }
    return ids
  } finally {
    await client.end()
  }
}

/** Holds a table of the source until it is called off: who wants to read its rows waits. */
export async function holdTable(url: string, table: string): Promise<() => Promise<void>> {
  const connection = await mysql.createConnection({ uri: url })
  await connection.query(`lock tables ${backtick(table)} write`)
  return async () => await connection.end()
}
