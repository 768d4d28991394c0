import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { TargetPort } from '../../core/ports.js'
import { openPostgresTarget } from '../../databases/postgres/adapter.js'
import { openPool } from '../../databases/postgres/connect.js'
import { parseUrl } from '../../databases/postgres/url.js'
import { CA_FILE, withProxy, type ProxyOptions } from '../support/pg-proxy.js'
import { onPostgres, postgresUrl, uniqueName, withPostgresDatabase } from '../support/servers.js'

async function using<T>(
  url: string,
  use: (target: TargetPort) => Promise<T>,
  database: string | null = null,
): Promise<T> {
  const target = openPostgresTarget(url, 'shop-postgres', database)
  try {
    return await use(target)
  } finally {
    await target.close()
  }
}

const kindOf = async (url: string): Promise<string> =>
  await using(url, (target) => target.identify()).then(
    () => 'connected',
    (error: { kind?: string }) => error.kind ?? 'another error',
  )

const at = (port: number, rest = '', host = 'localhost'): string =>
  `postgresql://postgres@${host}:${port}/postgres${rest}`
const PLAIN: ProxyOptions = { tls: false }
const TLS: ProxyOptions = { tls: true }
const ca = `&sslrootcert=${encodeURIComponent(CA_FILE)}`

describe('sslmode, as libpq has it', () => {
  it.each([
    ['disable', TLS, false],
    ['allow', TLS, false],
    ['allow', { tls: true, onlyTls: true }, true],
    ['prefer', TLS, true],
    ['prefer', PLAIN, false],
    ['prefer', { tls: true, onlyPlain: true }, false],
    ['require', TLS, true],
    [`verify-ca${ca}`, TLS, true],
    [`verify-full${ca}`, TLS, true],
  ] as const)('%s connects to a server with %o', async (mode, server, withTls) => {
    await withProxy(postgresUrl(), server, async (port, secured) => {
      expect(await kindOf(at(port, `?sslmode=${mode}`))).toBe('connected')
      expect(secured).toEqual([withTls])
    })
  })

  it.each([
    ['disable', { tls: true, onlyTls: true }, 'target-login'],
    ['require', PLAIN, 'target-login'],
    ['verify-ca', TLS, 'connection-unknown'],
    [`verify-ca${ca}`, PLAIN, 'target-login'],
    ['verify-full&sslrootcert=system', TLS, 'target-login'],
  ] as const)('%s does not connect to a server with %o', async (mode, server, kind) => {
    await withProxy(postgresUrl(), server, async (port) => {
      expect(await kindOf(at(port, `?sslmode=${mode}`)).catch((error: { kind: string }) => error.kind)).toBe(kind)
    })
  })

  it('verify-full alone minds the name of the host', async () => {
    await withProxy(postgresUrl(), TLS, async (port) => {
      expect(await kindOf(at(port, `?sslmode=verify-full${ca}`, '127.0.0.1'))).toBe('target-login')
      expect(await kindOf(at(port, `?sslmode=verify-ca${ca}`, '127.0.0.1'))).toBe('connected')
      expect(await kindOf(at(port, '?sslmode=require', '127.0.0.1'))).toBe('connected')
    })
  })
})

describe('a connection that fails', () => {
  it('is a target that is away, by port and by name', async () => {
    expect(await kindOf('postgresql://postgres@127.0.0.1:1/shop')).toBe('target-unreachable')
    expect(await kindOf('postgresql://postgres@no-such-host.invalid/shop')).toBe('target-unreachable')
    expect(await kindOf('postgresql:///shop?host=/no/such/folder')).toBe('target-unreachable')
  })

  it('is a missing database, by name', async () => {
    const name = uniqueName('none')
    expect(await kindOf(postgresUrl(name))).toBe('connected')
    await using(postgresUrl(name), async (target) => {
      await expect(target.ledger.open('shop')).rejects.toMatchObject({
        kind: 'target-missing',
        message: expect.stringContaining(name),
      })
    })
  })

  it.each(['plain', `p@:/?#%&"' \\ü`])(
    'never tells a password (%s), and never asks the environment for one',
    async (password) => {
      process.env['PGPASSWORD'] = password
      try {
        await withProxy(postgresUrl(), { tls: false, password }, async (port) => {
          const url = (word: string): string => `postgresql://postgres:${word}@127.0.0.1:${port}/postgres`
          expect(await kindOf(url(encodeURIComponent(password)))).toBe('connected')
          expect(await kindOf(url(password))).toBe('connected')
          expect(await kindOf(at(port))).toBe('target-login')
          const wrong: unknown = await using(url('wrong-one'), (target) => target.identify()).catch(
            (error: unknown) => error,
          )
          expect(wrong).toMatchObject({ kind: 'target-login', message: expect.stringContaining('account postgres') })
          expect(inspect(wrong, { depth: 9, showHidden: true })).not.toContain('wrong-one')
        })
      } finally {
        delete process.env['PGPASSWORD']
      }
    },
  )
})

describe.each([15, 18] as const)('a session on PostgreSQL %i', (version) => {
  it('is pinned whatever the account and the database say, and stays so in the next user of it', async () => {
    await withPostgresDatabase(async (name, url) => {
      const settings = `timezone = 'Asia/Tokyo', datestyle = 'German', intervalstyle = 'iso_8601', bytea_output = 'escape',
        extra_float_digits = 0, statement_timeout = '5s', standard_conforming_strings = off, search_path = 'public'`
      for (const one of settings.split(',')) await onPostgres(url, `alter database ${name} set ${one}`)
      const pool = openPool(parseUrl(url, 'x'), 'x')
      const { rows } = await pool.query(`select now()::text ~ '\\+00$' as utc, '2024-02-01'::date::text as date,
        interval '1 day'::text as interval, '\\x00'::bytea::text as bytes, (0.1::float8 + 0.2::float8)::text as float,
        current_setting('statement_timeout') as timeout, current_setting('search_path') as path,
        current_setting('application_name') as name`)
      expect(rows).toEqual([
        {
          utc: true,
          date: '2024-02-01',
          interval: '1 day',
          bytes: '\\x00',
          float: '0.30000000000000004',
          timeout: '0',
          path: 'pg_catalog, pg_temp',
          name: 'nightferry',
        },
      ])
      await pool.end()
    }, version)
  })

  it('that its server ends is replaced, and ends nothing else', async () => {
    await withPostgresDatabase(async (name, url) => {
      await using(url, async (target) => {
        await target.identify()
        await onPostgres(
          postgresUrl(undefined, version),
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        )
        await expect.poll(() => kindOf(url)).toBe('connected')
        expect((await target.identify()).database).toBe(name)
      })
    }, version)
  })
})

describe('the target database', () => {
  it('is made once where it does not exist, by whoever is first', async () => {
    const name = uniqueName('Made "here"')
    const url = postgresUrl()
    try {
      await using(
        url,
        async (target) => {
          expect(await target.check('shop', 'public')).toMatchObject([
            { name: 'database-will-be-made', severity: 'info' },
          ])
          const here = await target.identify()
          expect(here.database).toBe(name)
          const made = await Promise.all([1, 2, 3].map(() => target.ensureDatabase()))
          expect(made.filter(Boolean)).toHaveLength(1)
          expect(await target.identify()).toEqual(here)
          expect(await target.check('shop', 'public')).toEqual([])
          expect(await target.features()).toEqual({ postgis: expect.any(Boolean), pgvector: expect.any(Boolean) })
        },
        name,
      )
    } finally {
      await onPostgres(url, `drop database if exists "${name.replaceAll('"', '""')}" with (force)`)
    }
  })

  it('has one identity, whatever the URL calls its server', async () => {
    const url = new URL(postgresUrl())
    const [one, other] = await Promise.all(
      [url.href, url.href.replace('127.0.0.1', 'localhost')].map((text) => using(text, (target) => target.identify())),
    )
    expect(one).toEqual(other)
  })
})
