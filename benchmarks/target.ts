import pg from 'pg'

/** A database of PostgreSQL that one measured run has for itself. */
export interface Target {
  readonly name: string
  readonly url: string
}

/** Makes an empty database and hands it over; dropped whatever happens. A checkpoint keeps the last run's out of this one. */
export async function withTarget<T>(serverUrl: string, name: string, use: (target: Target) => Promise<T>): Promise<T> {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await onTarget(serverUrl, [`drop database if exists ${name} with (force)`, `create database ${name}`, 'checkpoint'])
  try {
    return await use({ name, url: url.href })
  } finally {
    await onTarget(serverUrl, [`drop database if exists ${name} with (force)`])
  }
}

/** Runs statements one after another on one session; the rows of the last one. */
export async function onTarget(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** Rows of the one table of that name, whichever schema a tool put it into. */
export async function countRows(url: string, table: string): Promise<number> {
  const places = await onTarget(url, [
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as place from pg_catalog.pg_tables
     where tablename = '${table}' and schemaname <> 'nightferry'`,
  ])
  if (places.length !== 1) throw new Error(`${places.length} tables named ${table} in the target`)
  const [counted] = await onTarget(url, [`select count(*) as n from ${String(places[0]?.['place'])}`])
  return Number(counted?.['n'])
}
