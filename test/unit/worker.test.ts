import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { API_ROUTES } from '../../core/api.js'
import { Failure } from '../../core/failure.js'
import type { LedgerPort } from '../../core/ledger.js'
import type { TargetPort } from '../../core/ports.js'
import { removeApiFile, writeApiFile } from '../../worker/api-file.js'
import { openApi } from '../../worker/open-api.js'
import { urlOf, variableOf } from '../../worker/connections.js'
import { EnvironmentError, readEnvironment } from '../../worker/environment.js'
import { openPorts } from '../../worker/ports.js'
import { startReadApi } from '../../worker/read-api.js'
import type { Site } from '../../worker/site.js'

const home = mkdtempSync(join(tmpdir(), 'nightferry-test-'))
afterAll(() => rmSync(home, { recursive: true }))

const failureOf = (work: () => unknown): Failure => {
  try {
    work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a connection', () => {
  it('is found in the variable, else in the file that another names, else in the folder', () => {
    mkdirSync(join(home, '.nightferry', 'connections'), { recursive: true })
    writeFileSync(join(home, '.nightferry', 'connections', 'shop-mysql'), 'mysql://left\n')
    writeFileSync(join(home, 'secret'), 'mysql://file\n')
    const direct = { NIGHTFERRY_CONNECTION_SHOP_MYSQL: 'mysql://direct' }
    const file = { NIGHTFERRY_CONNECTION_SHOP_MYSQL_FILE: join(home, 'secret') }
    expect(variableOf('shop-mysql')).toBe('NIGHTFERRY_CONNECTION_SHOP_MYSQL')
    expect(urlOf('shop-mysql', { ...direct, ...file }, home)).toBe('mysql://direct')
    expect(urlOf('shop-mysql', file, home)).toBe('mysql://file')
    expect(urlOf('shop-mysql', {}, home)).toBe('mysql://left')
  })

  it('that nobody knows is refused with the name of its variable', () => {
    const failure = failureOf(() => urlOf('shop-pg', {}, home))
    expect(failure.kind).toBe('connection-unknown')
    expect(failure.details.remedy).toContain('NIGHTFERRY_CONNECTION_SHOP_PG')
  })

  it('never leads out of the folder', () => {
    writeFileSync(join(home, '.nightferry', 'outside'), 'mysql://outside')
    expect(failureOf(() => urlOf('../outside', {}, home)).kind).toBe('connection-unknown')
  })

  it('has the engine of its side, and its URL is in no message', async () => {
    const ports = openPorts({ NIGHTFERRY_CONNECTION_A: 'postgres://ada:geheim@h/d' }, home)
    const failure = await ports.source('a').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Failure)
    expect(JSON.stringify([(failure as Failure).message, (failure as Failure).details])).not.toContain('geheim')
    expect((failure as Failure).details.remedy).toContain('mysql://')
  })

  it('gives the same port for the same name and database', async () => {
    const ports = openPorts({ NIGHTFERRY_CONNECTION_A: 'postgres://h/d' }, home)
    expect(await ports.target('a', null)).toBe(await ports.target('a', null))
    expect(await ports.target('a', 'x')).not.toBe(await ports.target('a', null))
    await ports.close()
  })
})

describe('the environment', () => {
  it('has defaults on loopback', () => {
    const environment = readEnvironment({}, home)
    expect(environment.temporal).toEqual({ address: '127.0.0.1:7233', namespace: 'default', apiKey: null, tls: null })
    expect(environment.api).toEqual({ host: '127.0.0.1', port: 0, token: null })
  })

  it('asks for TLS when a key or a certificate is named', () => {
    expect(readEnvironment({ TEMPORAL_API_KEY: 'k' }, home).temporal.tls).not.toBeNull()
    expect(readEnvironment({ TEMPORAL_TLS_CA: '/ca' }, home).temporal.tls).toMatchObject({ ca: '/ca' })
  })

  it.each(['8088', 'localhost', 'localhost:99999', ':8088'])('refuses to listen on %s', (text) => {
    expect(() => readEnvironment({ NIGHTFERRY_API_LISTEN: text }, home)).toThrow(EnvironmentError)
  })

  it('listens where it is told', () => {
    const { api } = readEnvironment({ NIGHTFERRY_API_LISTEN: '[::1]:8088' }, home)
    expect(api).toMatchObject({ host: '::1', port: 8088 })
  })
})

describe('the file with the address', () => {
  it("is its owner's alone, in a folder that git ignores, and goes with its worker", () => {
    writeApiFile(home, { format: 1, url: 'http://127.0.0.1:1', token: 't', pid: process.pid })
    const path = join(home, '.nightferry', 'api.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(home, '.nightferry', '.gitignore'), 'utf8')).toBe('*\n')
    removeApiFile(home)
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
    writeApiFile(home, { format: 1, url: 'http://127.0.0.1:1', token: 't', pid: process.pid + 1 })
    removeApiFile(home)
    expect(statSync(path, { throwIfNoEntry: false })).toBeDefined()
  })
})

describe('the address of the read API', () => {
  const site = { ports: {}, migrations: {}, kept: () => null } as unknown as Site
  const api = { host: '127.0.0.1', port: 0, token: null }
  const opened = async () => {
    const { url, close } = await openApi({ api, home }, site)
    const { token } = JSON.parse(readFileSync(join(home, '.nightferry', 'api.json'), 'utf8')) as { token: string }
    return { url, token, close }
  }

  it('is the same after a restart, with its token; another one where somebody has the port by then', async () => {
    const first = await opened()
    await first.close()
    const second = await opened()
    expect([second.url, second.token]).toEqual([first.url, first.token])
    const beside = await opened()
    expect(beside.url).not.toBe(second.url)
    expect(beside.token).toBe(second.token)
    await second.close()
    await beside.close()
    expect(statSync(join(home, '.nightferry', 'api-last.json')).mode & 0o777).toBe(0o600)
  })

  it('keeps no token that the environment gave', async () => {
    const { close } = await openApi({ api: { ...api, token: 'of the environment, and long enough' }, home }, site)
    await close()
    expect(readFileSync(join(home, '.nightferry', 'api-last.json'), 'utf8')).not.toContain('environment')
  })
})

describe('the read API', () => {
  const CELLS = [{ column: 'a', source: 'geheim', target: null }]
  const asked: unknown[] = []
  const ledger = {
    version: async (number: number) => ({ number }),
    runs: async () => [],
    auditTrail: async () => [{ what: 'pause' }],
    summary: async (run: string) => {
      if (run === 'none') throw new Failure('refused', 'no run none', { remedy: 'List the runs.' })
      return { run }
    },
    report: async (run: string) => {
      if (run === 'none') throw new Failure('refused', 'no run none', { remedy: 'List the runs.' })
      if (run === 'broken') throw new TypeError('geheim')
      return { run }
    },
    progress: async (run: string) => ({ progress: run }),
    proofsOf: async (run: string) => [{ proof: run }],
    proofReport: async (proof: string) => (proof === 'none' ? null : { proof }),
    proof: async (proof: string) => (proof === 'none' ? null : { proof }),
    differences: async (_proof: string, after: string | null) =>
      after === null
        ? [{ id: '7', table: 't', difference: { kind: 'changed', key: 'id=1', columns: CELLS, times: 1 } }]
        : [],
  } as unknown as LedgerPort
  const answers: Site = {
    ports: {
      source: async () => await Promise.reject(new Error('the read API asked for a source')),
      target: async (connection, database) => {
        asked.push([connection, database])
        return { ledger } as TargetPort
      },
      memory: async () => await Promise.reject(new Error('the read API asked for a memory')),
      generations: async () => await Promise.reject(new Error('the read API asked for generations')),
    },
    migrations: { all: async () => [], one: async () => null, trouble: async () => [] },
    kept: (ref) => (ref === 'k' ? ({ what: 'plan' } as never) : null),
  }

  async function ask(path: string, token = 'right', method = 'GET') {
    const api = await startReadApi({ host: '127.0.0.1', port: 0 }, 'right', answers, () => {})
    try {
      const response = await fetch(api.url + path, { method, headers: { authorization: `Bearer ${token}` } })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    } finally {
      await api.close()
    }
  }

  it('answers each of its routes', async () => {
    expect(await ask(API_ROUTES.health())).toMatchObject({ status: 200, body: { product: 'nightferry' } })
    expect(await ask(API_ROUTES.kept('k'))).toMatchObject({ status: 200, body: { what: 'plan' } })
    expect(await ask(API_ROUTES.version('p/g', null, 3))).toMatchObject({ status: 200, body: { number: 3 } })
    expect(await ask(API_ROUTES.runs('pg', 'a b'))).toEqual({ status: 200, body: [] })
    expect(await ask(API_ROUTES.audit('pg', null))).toEqual({ status: 200, body: [{ what: 'pause' }] })
    expect(await ask(API_ROUTES.report('pg', null, 'r-1'))).toMatchObject({ body: { run: 'r-1' } })
    expect(await ask(API_ROUTES.progress('pg', null, 'r-1'))).toMatchObject({ body: { progress: 'r-1' } })
    expect(await ask(API_ROUTES.proofs('pg', null, 'r-1'))).toMatchObject({ body: [{ proof: 'r-1' }] })
    expect(await ask(API_ROUTES.proof('pg', null, 'r-1.2'))).toMatchObject({ body: { proof: 'r-1.2' } })
    expect(asked.slice(0, 2)).toEqual([
      ['p/g', null],
      ['pg', 'a b'],
    ])
  })

  it('gives differences page by page, and values only where they are asked for', async () => {
    const page = (after: string | null, values: boolean) =>
      ask(API_ROUTES.differences('pg', null, 'p', { after, values }))
    expect((await page(null, true)).body).toMatchObject({ differences: [{ id: '7', table: 't', columns: CELLS }] })
    expect((await page(null, false)).body).toMatchObject({ differences: [{ key: 'id=1', columns: [{ column: 'a' }] }] })
    expect(JSON.stringify((await page(null, false)).body)).not.toMatch(/geheim|source|target/)
    expect((await page('7', true)).body).toEqual({ format: 1, differences: [] })
  })

  it('says nothing without the token', async () => {
    for (const token of ['', 'wrong', 'rightt'])
      expect(await ask(API_ROUTES.health(), token)).toMatchObject({ status: 401, body: { remedy: expect.any(String) } })
  })

  it('only reads', async () => {
    expect((await ask(API_ROUTES.health(), 'right', 'POST')).status).toBe(405)
  })

  it.each([
    '/v2/health',
    '/v1/kept/gone',
    '/v1/targets/pg',
    '/v1/targets/pg/-/versions/x',
    '/v1/targets/pg/-/runs/a/b',
    '/v1/targets/pg/-/proofs',
    '/v1/targets/pg/-/proofs/none',
    '/v1/targets/pg/-/proofs/none/differences/-',
    '/v1/targets/pg/-/proofs/a/differences',
    '/v1/targets/pg/-/proofs/a/differences/1;2',
    '/v1/targets/pg/-/proofs/a/differences/-/all',
    '/v1/targets/pg/-/memory',
    '/v1/targets/pg/-/memory/shop',
    '/v1/targets/pg/-/memory/shop/versions',
    '/v1/targets/pg/-/memory/shop/versions/x',
    '/v1/targets/pg/-/memory/shop/audit/a',
    '/v1/targets/pg/-/memory/shop/runs/a/b',
  ])('has nothing at %s', async (path) => {
    expect(await ask(path)).toMatchObject({
      status: 404,
      body: { error: expect.any(String), remedy: expect.any(String) },
    })
  })

  it('passes on what the ledger refuses, and keeps what nobody foresaw to itself', async () => {
    expect(await ask(API_ROUTES.report('pg', null, 'none'))).toMatchObject({
      status: 404,
      body: { error: 'no run none' },
    })
    const broken = await ask(API_ROUTES.report('pg', null, 'broken'))
    expect(broken.status).toBe(500)
    expect(JSON.stringify(broken.body)).not.toContain('geheim')
  })
})
