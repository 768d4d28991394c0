import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import pg from 'pg'

/** Makes a source from SQL and an empty target, hands their URLs over, and drops both whatever happens. */
export async function withDatabases(
  sourceServer: string,
  targetServer: string,
  statements: string,
  use: (source: string, target: string, onSource: (sql: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const name = `record_${randomBytes(4).toString('hex')}`
  const from = await mysql.createConnection({ uri: sourceServer, multipleStatements: true })
  const to = new pg.Client({ connectionString: targetServer })
  await to.connect()
  try {
    await from.query(`create database ${name}; use ${name}; ${statements}`)
    await to.query(`create database ${name}`)
    const onSource = async (sql: string): Promise<void> => void (await from.query(sql))
    await use(inDatabase(sourceServer, name), inDatabase(targetServer, name), onSource)
  } finally {
    await from.query(`drop database if exists ${name}`)
    // And what was built aside under its name.
    const { rows } = await to.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [name],
    )
    for (const { datname } of rows) await to.query(`drop database if exists "${datname}" with (force)`)
    await from.end()
    await to.end()
  }
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
