import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import pg from 'pg'

/**
 * The servers that the harness started (or that the environment names). A missing one is an error with a remedy:
 * no test is ever skipped for it. URLs carry accounts that may do everything.
 */
function required(variable: string, command = 'npm test` or `npm run test:database'): string {
  const value = process.env[variable]
  if (value) return value
  throw new Error(`${variable} is not set: run \`${command}\`, which starts servers`)
}

function withPath(url: string, database: string | undefined): string {
  if (database === undefined) return url
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.href
}

/** `mysql://root@127.0.0.1:PORT/database` of the MySQL or MariaDB under test. */
export const mysqlUrl = (database?: string): string => withPath(required('TEST_MYSQL_URL'), database)

/** Of PostgreSQL 15 (or whatever TEST_POSTGRES_URL names), or of 18. */
export const postgresUrl = (database?: string, version: 15 | 18 = 15): string =>
  withPath(required(version === 18 ? 'TEST_POSTGRES_18_URL' : 'TEST_POSTGRES_URL'), database)

/** `127.0.0.1:PORT`, the frontend of the Temporal under test. */
export const temporalAddress = (): string => required('TEMPORAL_ADDRESS')

const SHARED = 'npm run test:shared'

/** Of tier `shared`: a real MySQL 9, and MariaDB 11.8. */
export const mysql9Url = (database?: string): string => withPath(required('TEST_MYSQL_9_URL', SHARED), database)
export const mariadb11Url = (database?: string): string => withPath(required('TEST_MARIADB_11_URL', SHARED), database)

/** Of tier `shared`: a file of the datasets, by its name. */
export const dataset = (name: string): string => join(required('NIGHTFERRY_SHARED', SHARED), 'datasets', name)

/** Lower-case, unique on every server, at most 40 characters: `shop_3f9a1c04`. */
export const uniqueName = (prefix = 'test'): string => `${prefix.slice(0, 31)}_${randomBytes(4).toString('hex')}`

/** Makes an empty database (utf8mb4), hands over its name and URL, and drops it whatever happens. */
export async function withMysqlDatabase<T>(
  use: (name: string, url: string) => Promise<T>,
  prefix = 'test',
): Promise<T> {
  const name = uniqueName(prefix)
  await onMysql(mysqlUrl(), `create database ${name} character set utf8mb4`)
  try {
    return await use(name, mysqlUrl(name))
  } finally {
    await onMysql(mysqlUrl(), `drop database if exists ${name}`)
  }
}

/** The same for PostgreSQL; sessions that are still open in it are ended. */
export async function withPostgresDatabase<T>(
  use: (name: string, url: string) => Promise<T>,
  version: 15 | 18 = 15,
  prefix = 'test',
): Promise<T> {
  const name = uniqueName(prefix)
  await onPostgres(postgresUrl(undefined, version), `create database ${name}`)
  try {
    return await use(name, postgresUrl(name, version))
  } finally {
    await onPostgres(postgresUrl(undefined, version), `drop database if exists ${name} with (force)`)
  }
}

/** Runs one script (several statements allowed) and returns the rows of the last one, values as text. */
export async function onMysql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({
    uri: url,
    multipleStatements: true,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    charset: 'utf8mb4_bin',
  })
  try {
    const [result] = await connection.query(sql)
    const last = Array.isArray(result) && Array.isArray(result.at(-1)) ? result.at(-1) : result
    return Array.isArray(last) ? (last as Record<string, unknown>[]) : []
  } finally {
    await connection.end()
  }
}

/** The same for PostgreSQL. */
export async function onPostgres(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const result = (await client.query(sql)) as unknown as pg.QueryResult | pg.QueryResult[]
    return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? []
  } finally {
    await client.end()
  }
}
