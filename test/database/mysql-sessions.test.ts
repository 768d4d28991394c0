import { existsSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Failure } from '../../core/failure.js'
import { openMysqlSource } from '../../databases/mysql/adapter.js'
import { Sessions } from '../../databases/mysql/sessions.js'
import { parseUrl } from '../../databases/mysql/url.js'
import { mysqlUrl, onMysql, uniqueName } from '../support/servers.js'
import { waitUntil } from '../support/wait.js'

const PASSWORD = `p@s:s/w#%r?d &"'\\ü`
const database = uniqueName('sessions')
const account = uniqueName('u').slice(0, 16)
const address = new URL(mysqlUrl(database))

/** Both hosts: an anonymous account of `localhost`, as old installations have one, goes before `%`. */
const everywhere = (statement: (account: string) => string): string =>
  ['localhost', '127.0.0.1', '%'].map((host) => statement(`'${account}'@'${host}'`)).join(';')

const opened: Sessions[] = []
function open(url: string): Sessions {
  const sessions = new Sessions(parseUrl(url, 'test-mysql'), 'test-mysql')
  opened.push(sessions)
  return sessions
}
const asAccount = (password: string, query = ''): string =>
  `mysql://${account}:${password}@${address.host}/${database}${query}`

/** Asked with the driver alone. */
async function offersTls(): Promise<boolean> {
  const options = { uri: mysqlUrl(), ssl: { rejectUnauthorized: false } }
  try {
    await (await createConnection(options)).end()
    return true
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'HANDSHAKE_NO_SSL_SUPPORT') return false
    throw error
  }
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error('nothing failed'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof Failure) return error
  throw error
}

beforeAll(async () => {
  const password = PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "''")
  await onMysql(
    mysqlUrl(),
    `CREATE DATABASE ${database}; CREATE TABLE ${database}.t (id int); ${everywhere((who) => `CREATE USER ${who} IDENTIFIED BY '${password}'`)};
     ${everywhere((who) => `GRANT SELECT ON ${database}.* TO ${who}`)}`,
  )
})

afterAll(async () => {
  for (const sessions of opened) sessions.close()
  await onMysql(mysqlUrl(), `DROP DATABASE ${database}; ${everywhere((who) => `DROP USER ${who}`)}`)
})

describe('a session of a MySQL source', () => {
  it.each([encodeURIComponent(PASSWORD), PASSWORD.replace('%r', '%25r')])(
    'logs in with the password typed as %s',
    async (typed) => {
      for (const query of ['', '?ssl-mode=DISABLED']) {
        const [row] = await open(asAccount(typed, query)).query('SELECT CURRENT_USER() AS me')
        expect(row?.me).toContain(account)
      }
    },
  )

  it('logs in over plain TCP when the server has forgotten the password’s hash, too', async () => {
    await onMysql(mysqlUrl(), 'FLUSH PRIVILEGES')
    const [row] = await open(asAccount(encodeURIComponent(PASSWORD), '?ssl-mode=DISABLED')).query(
      "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
    )
    expect(row?.value).toBe('')
  })

  it('takes TLS where the server offers it, insists where it must, and checks a certificate where it should', async () => {
    const hasTls = await offersTls()
    const cipher = async (query: string) => {
      const [row] = await open(asAccount(encodeURIComponent(PASSWORD), query)).query(
        "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
      )
      return row?.value !== ''
    }
    expect(await cipher('')).toBe(hasTls)
    const required = await cipher('?ssl-mode=REQUIRED').catch((error: unknown) => (error as Failure).kind)
    expect(required).toBe(hasTls ? true : 'source-login')
    // A test server's certificate is its own.
    expect((await failureOf(cipher('?ssl-mode=VERIFY_CA'))).kind).toBe('source-login')
    expect((await failureOf(cipher('?ssl-ca=/nowhere/ca.pem'))).kind).toBe('connection-unknown')
  })

  it('goes through a unix socket, and is the same server there', async () => {
    const [row] = await onMysql(mysqlUrl(), 'SELECT @@socket AS path')
    const path = String(row?.path)
    expect(existsSync(path), `the server under test runs here, with the socket ${path}`).toBe(true)
    const [tcp, socket] = [
      openMysqlSource(mysqlUrl(database), 'tcp'),
      openMysqlSource(
        `mysql://${account}:${encodeURIComponent(PASSWORD)}@localhost/${database}?socket=${path}`,
        'socket',
      ),
    ]
    try {
      expect((await socket.identify()).server).toBe((await tcp.identify()).server)
      expect((await socket.identify()).database).toBe(database)
    } finally {
      await Promise.all([tcp.close(), socket.close()])
    }
  })

  it.each([
    ['a wrong password', () => asAccount('wrong'), 'source-login'],
    ['a wrong database', () => mysqlUrl(`${database}_none`), 'source-missing'],
    ['a wrong port', () => `mysql://root@127.0.0.1:1/${database}`, 'source-unreachable'],
    ['a wrong host', () => `mysql://root@nobody.invalid/${database}`, 'source-unreachable'],
    ['a missing socket', () => `mysql://root@localhost/${database}?socket=/nowhere.sock`, 'source-unreachable'],
  ])('says what to do about %s, without the password', async (_what, url, kind) => {
    const failure = await failureOf(open(url()).query('SELECT 1'))
    expect(failure.kind).toBe(kind)
    expect(failure.details.remedy).not.toBe('')
    expect(JSON.stringify([failure.message, failure.details])).not.toContain('wrong')
  })

  it('is pinned, whoever logs in: UTC, one snapshot for each statement, no limits, and it cannot write', async () => {
    const [row] = await open(asAccount(encodeURIComponent(PASSWORD))).query(
      `SELECT @@time_zone AS zone, @@sql_mode AS mode, @@net_write_timeout AS net_write, @@sql_select_limit AS sql_limit,
        @@character_set_results AS results, NOW() = UTC_TIMESTAMP() AS utc`,
    )
    expect(row).toEqual({
      zone: '+00:00',
      mode: 'ALLOW_INVALID_DATES',
      net_write: '604800',
      sql_limit: '18446744073709551615',
      results: 'utf8mb4',
      utc: '1',
    })
    expect(
      (await failureOf(open(mysqlUrl(database)).query('INSERT INTO t VALUES (1)'))).details.private?.reason,
    ).toMatch(/READ ONLY/)
  })

  it('is used again for the next question, and not after a failure', async () => {
    const sessions = open(mysqlUrl(database))
    const id = async () => (await sessions.query('SELECT CONNECTION_ID() AS id'))[0]?.id
    const first = await id()
    expect(await id()).toBe(first)
    await failureOf(sessions.query('SELECT nothing FROM t'))
    expect(await id()).not.toBe(first)
  })

  it('that is cancelled ends at once, here and on the server', async () => {
    const sessions = open(mysqlUrl(database))
    const controller = new AbortController()
    const marker = uniqueName('sleeper')
    const sleeping = sessions.query(`SELECT SLEEP(30) AS ${marker}`, controller.signal)
    const others = async () =>
      (await onMysql(mysqlUrl(), 'SHOW FULL PROCESSLIST')).filter((one) => String(one.Info).includes(marker)).length
    await waitUntil('the statement runs', async () => (await others()) === 1)
    const started = performance.now()
    controller.abort(new Error('cancelled by a test'))
    await expect(sleeping).rejects.toThrow('cancelled by a test')
    expect(performance.now() - started).toBeLessThan(1000)
    await waitUntil('the statement is gone', async () => (await others()) === 0, 2000)
  })

  it('that was killed is source-unreachable, and the next one works', async () => {
    const sessions = open(mysqlUrl(database))
    const failure = failureOf(
      sessions.withSession(async ({ raw, threadId }) => {
        const asleep = new Promise((_, reject) =>
          raw.query('SELECT SLEEP(30)', (error) => reject(error ?? new Error('it slept'))),
        )
        await Promise.all([asleep, onMysql(mysqlUrl(), `KILL ${threadId}`)])
      }),
    )
    expect((await failure).kind).toMatch(/^source-(unreachable|conflict)$/)
    expect(await sessions.query('SELECT 1 AS one')).toEqual([{ one: '1' }])
  })

  it('that a server closed while it was idle is not handed out', async () => {
    const sessions = open(mysqlUrl(database))
    const [before] = await sessions.query('SELECT CONNECTION_ID() AS id')
    await onMysql(mysqlUrl(), `KILL ${before?.id}`)
    const id = async () => (await sessions.query('SELECT CONNECTION_ID() AS id'))[0]?.id ?? ''
    const after = await waitUntil('a new session', async () => {
      const now = await id()
      return now !== before?.id && now
    })
    expect(Number(after)).toBeGreaterThan(Number(before?.id))
  })
})
