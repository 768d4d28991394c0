import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sitDown, type Person } from '../support/cli.js'
import { withProxy } from '../support/pg-proxy.js'
import { mysqlUrl, onMysql, onPostgres, postgresUrl, uniqueName } from '../support/servers.js'

/** What a person types wrongly or has set up wrongly: each says what is wrong and what to do, and changes nothing. */

const name = uniqueName('badinput')
/** A server's anonymous account of `localhost` would win over `%`. */
const HOSTS = ['%', 'localhost', '127.0.0.1']

const at = (url: string, change: (url: URL) => void): string => {
  const changed = new URL(url)
  change(changed)
  return changed.href
}

let person: Person
let closeProxies = (): void => {}

beforeAll(async () => {
  await onMysql(
    mysqlUrl(),
    `create database ${name}; create table ${name}.orders (id int primary key, flag tinyint(1));
     insert into ${name}.orders values (1, 1);
     create database ${name}_empty;
     ${HOSTS.map(
       (host) => `create user ${name}@'${host}' identified by 'right'; grant select on ${name}.* to ${name}@'${host}';
       create user ${name}_weak@'${host}' identified by 'right'; grant insert on ${name}.* to ${name}_weak@'${host}';`,
     ).join('')}`,
  )
  await onPostgres(postgresUrl(), `create role ${name}_weak login`)
  await onPostgres(postgresUrl(), `create database ${name}`)
  await onPostgres(postgresUrl(), `create database ${name}_taken`)
  await onPostgres(postgresUrl(`${name}_taken`), 'create table theirs (id int)')
  person = await sitDown()
  const ports = await proxies()
  await person.start(['up'], connections(ports), 'Ctrl-C ends all')
})

afterAll(async () => {
  await person.leave()
  closeProxies()
  await onMysql(
    mysqlUrl(),
    `drop database if exists ${name}; drop database if exists ${name}_empty;
     ${HOSTS.map((host) => `drop user if exists ${name}@'${host}'; drop user if exists ${name}_weak@'${host}';`).join('')}`,
  )
  for (const database of [name, `${name}_taken`])
    await onPostgres(postgresUrl(), `drop database if exists ${database} with (force)`)
  await onPostgres(postgresUrl(), `drop role if exists ${name}_weak`)
})

/** One that asks for a password, one that pools; they stay until the end. */
async function proxies(): Promise<{ locked: number; pooler: number }> {
  const until = new Promise<void>((resolve) => (closeProxies = resolve))
  const open = async (options: object): Promise<number> =>
    await new Promise((resolve) => {
      void withProxy(postgresUrl(), { tls: false, ...options }, async (port) => {
        resolve(port)
        await until
      })
    })
  return { locked: await open({ password: 'right' }), pooler: await open({ pooler: true }) }
}

const variable = (connection: string): string => `NIGHTFERRY_CONNECTION_${connection.toUpperCase()}`

function connections(ports: { locked: number; pooler: number }): Record<string, string> {
  const target = postgresUrl(name)
  const urls = {
    src: mysqlUrl(name),
    dst: target,
    src_nowhere: at(mysqlUrl(name), (u) => ((u.hostname = 'nowhere.invalid'), (u.port = '3306'))),
    src_silent: at(mysqlUrl(name), (u) => (u.port = '1')),
    src_wrong: at(mysqlUrl(name), (u) => ((u.username = name), (u.password = 'wrong'))),
    src_absent: mysqlUrl(`${name}_absent`),
    src_weak: at(mysqlUrl(name), (u) => ((u.username = `${name}_weak`), (u.password = 'right'))),
    src_empty: mysqlUrl(`${name}_empty`),
    dst_nowhere: at(target, (u) => (u.hostname = 'nowhere.invalid')),
    dst_silent: at(target, (u) => (u.port = '1')),
    dst_wrong: at(target, (u) => ((u.port = String(ports.locked)), (u.password = 'wrong'))),
    dst_pooler: at(target, (u) => (u.port = String(ports.pooler))),
    dst_weak: at(target, (u) => (u.username = `${name}_weak`)),
    dst_taken: postgresUrl(`${name}_taken`),
  }
  return Object.fromEntries(Object.entries(urls).map(([connection, url]) => [variable(connection), url]))
}

interface Case {
  readonly source?: string
  readonly target?: string
  /** What is wrong, on stderr. */
  readonly says: RegExp
  readonly remedy: RegExp
}

const CASES: Record<string, Case> = {
  'a source host that does not exist': {
    source: 'src_nowhere',
    says: /source src_nowhere does not answer \(nowhere\.invalid/,
    remedy: /Check host, port and firewall/,
  },
  'a source port that nothing listens on': {
    source: 'src_silent',
    says: /source src_silent does not answer \(127\.0\.0\.1:1\): ECONNREFUSED/,
    remedy: /that the server runs; then try again/,
  },
  "a source account's wrong password": {
    source: 'src_wrong',
    says: /source src_wrong refuses the login/,
    remedy: /Check user and password/,
  },
  'a source database that does not exist': {
    source: 'src_absent',
    says: /source src_absent has no such database/,
    remedy: /Check the database's name/,
  },
  'a source account without the right to read': { source: 'src_weak', says: /orders|SELECT/, remedy: /GRANT SELECT/i },
  'an empty source': { source: 'src_empty', says: /has no tables/, remedy: /name of the database/ },
  'a source connection that no worker knows': {
    source: 'src_unset',
    says: /Connection src_unset is not known to this worker/,
    remedy: /NIGHTFERRY_CONNECTION_SRC_UNSET/,
  },
  'a target host that does not exist': {
    target: 'dst_nowhere',
    says: /target dst_nowhere does not answer \(nowhere\.invalid/,
    remedy: /Check host, port and firewall/,
  },
  'a target port that nothing listens on': {
    target: 'dst_silent',
    says: /target dst_silent does not answer \(127\.0\.0\.1:1\): ECONNREFUSED/,
    remedy: /that the server runs; then try again/,
  },
  "a target account's wrong password": {
    target: 'dst_wrong',
    says: /target dst_wrong refuses the login/,
    remedy: /Check user and password/,
  },
  'a target account that may create nothing': {
    target: 'dst_weak',
    says: /may make no schema/,
    remedy: /GRANT CREATE ON DATABASE/,
  },
  'a target that holds the tables of others': {
    target: 'dst_taken',
    says: /a table that Nightferry did not make: public\.theirs/,
    remedy: /Choose an empty database/,
  },
  'PgBouncer as the target': {
    target: 'dst_pooler',
    says: /goes through a pooler/,
    remedy: /address and port of PostgreSQL itself/,
  },
  'a MySQL server as the target': { target: 'src_empty', says: /cannot be a target/, remedy: /postgresql:\/\// },
}

describe('a run is refused with exit 1 and a remedy, and nothing is changed, for', () => {
  // Most of them wait: side by side they take as long as the slowest few.
  test.concurrent.each(Object.entries(CASES))('%s', async (_, { source = 'src', target = 'dst', says, remedy }) => {
    const migration = uniqueName('case')
    const { code, stdout, stderr } = await person.run(['run', configFile(migration, source, target)])
    expect(stderr).toMatch(says)
    expect(stderr).toMatch(remedy)
    expect(stderr).toMatch(/^error: /m)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).not.toMatch(/\n\s+at |right@|wrong@/)
    expect(await changed()).toEqual([])
    expect(await runsOf(migration)).toEqual([])
  })
  test('a blocking finding in check and plan too, with the findings as JSON', async () => {
    const file = configFile(uniqueName('case'), 'src_empty', 'dst')
    for (const command of ['check', 'plan']) {
      const { code, stdout } = await person.run([command, file, '--json'])
      expect(code).toBe(1)
      const document = JSON.parse(stdout) as { format: number; findings: { severity: string; remedy: string }[] }
      expect(document.format).toBe(1)
      expect(document.findings.map(({ severity }) => severity)).toContain('blocking')
      expect(document.findings.every((finding) => finding.remedy !== '')).toBe(true)
    }
  })
})

const configFile = (migration: string, source: string, target: string): string =>
  person.write(
    `${migration}.yaml`,
    `migration: ${migration}\nsource: {connection: ${source}}\ntarget: {connection: ${target}}\npublish: {mode: in-place}\n`,
  )

/** Schemas and tables in the targets that were not there before. */
async function changed(): Promise<unknown[]> {
  const found = `select table_schema, table_name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_name <> 'theirs'
    union all select schema_name, null from information_schema.schemata where schema_name = 'nightferry'`
  const both = await Promise.all([name, `${name}_taken`].map(async (at) => await onPostgres(postgresUrl(at), found)))
  return both.flat()
}

async function runsOf(migration: string): Promise<string[]> {
  const found: string[] = []
  for await (const { workflowId } of person.client.workflow.list())
    if (workflowId.startsWith(`run/${migration}/`)) found.push(workflowId)
  return found
}
