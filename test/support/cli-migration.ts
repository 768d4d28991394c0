import { afterAll, beforeAll } from 'vitest'
import { sitDown, type Person } from './cli.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from './servers.js'

/** A migration that somebody at a terminal has: a source, an empty target, `up` running, and the file to run. */
export interface CliMigration {
  /** Of the migration and of its databases. */
  readonly name: string
  readonly file: string
  /** Once the tests run. */
  readonly person: Person
  source(sql: string): Promise<Record<string, unknown>[]>
  target(sql: string): Promise<Record<string, unknown>[]>
}

/**
 * For all tests of a file: made before the first, and gone after the last. `tables` makes the source's, or, given its name,
 * the whole database; `at` is the server that it lies on.
 */
export function cliMigration(
  prefix: string,
  tables: string | ((name: string) => string),
  at: (database?: string) => string = mysqlUrl,
): CliMigration {
  const name = uniqueName(prefix)
  const file = `${name}.yaml`
  let person: Person | null = null
  beforeAll(async () => {
    const made = `create database ${name} character set utf8mb4; use ${name}; `
    await onMysql(at(), typeof tables === 'string' ? made + tables : tables(name))
    await onPostgres(postgresUrl(), `create database ${name}`)
    person = await sitDown()
    const urls = { NIGHTFERRY_CONNECTION_SRC: at(name), NIGHTFERRY_CONNECTION_DST: postgresUrl(name) }
    await person.start(['up'], urls, 'Ctrl-C ends all')
    person.write(file, yamlOf(name))
  })
  afterAll(async () => {
    await person?.leave()
    await onMysql(at(), `drop database if exists ${name}`)
    await onPostgres(postgresUrl(), `drop database if exists ${name} with (force)`)
  })
  return {
    name,
    file,
    get person() {
      if (person === null) throw new Error('nobody sits there yet')
      return person
    },
    source: async (sql) => await onMysql(at(name), sql),
    target: async (sql) => await onPostgres(postgresUrl(name), sql),
  }
}

/** Its runs are built in place: what they leave is in the target that the tests ask. */
export const yamlOf = (name: string, more = ''): string =>
  `migration: ${name}\nsource: {connection: src}\ntarget: {connection: dst}\npublish: {mode: in-place}\n${more}`
