import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API_ROUTES } from '../../core/api.js'
import { Failure } from '../../core/failure.js'
import type { Ports } from '../../core/ports.js'
import type { RunSummary } from '../../core/run.js'
import type { MigrationStatus, RunStatus } from '../../core/status.js'
import { isAllowed } from '../../worker/log-in.js'
import { TemporalSilent } from '../../worker/migrations.js'
import { type ReadApi, startReadApi } from '../../worker/read-api.js'
import type { Site } from '../../worker/site.js'

const HOSTILE = `</script><script>alert("x")</script>`

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

const run = (id: string, more: Partial<RunSummary> = {}): RunSummary => ({
  ...{ run: id, version: 1, state: 'complete', label: 'snapshot', started: '2026-11-20T03:00:00Z' },
  ...{ ended: '2026-11-20T03:10:00Z', tables: 3, stopped: 0, rows: 1234, bytes: 5678, reason: null, ...more },
})

const status = (migration: string, more: Partial<MigrationStatus> = {}): MigrationStatus => ({
  ...{ format: 1, migration, target: { connection: 'pg', database: 'shop' }, versions: [], applying: false },
  ...{ running: null, proving: null, runs: [], holds: [], knobs: {}, schedule: null, refused: [] },
  ...{ ownership: 'source', ...more },
})

const away = async (): Promise<never> =>
  await Promise.reject(new Failure('target-unreachable', 'The target does not answer', { remedy: 'Start it.' }))

const ports: Ports = { source: away, target: away, memory: away, generations: away }

const UNDER_WAY: RunStatus = {
  ...{ run: '20261121-030000', version: 1, workflowId: 'run/shop/20261121-030000', started: '2026-11-21T03:00:00Z' },
  ...{ phase: 'clone', tables: { total: 3, done: 0, stopped: 0 } },
}

const STATUSES: readonly MigrationStatus[] = [
  status('shop', {
    runs: [run('20261120-030000'), run('20261119-030000', { state: 'incomplete', reason: HOSTILE })],
    running: UNDER_WAY,
    holds: [
      {
        ...{ id: 'h1', kind: 'operator', table: null, by: 'ada', at: '2026-11-21T03:01:00Z', why: HOSTILE },
        ...{ remedy: null, lifts: null },
      },
    ],
  }),
  status('books', { runs: [run('20261120-030000'), run('20261118-030000', { state: 'refused' })] }),
]

const site: Site = {
  ports,
  kept: () => null,
  migrations: {
    all: async () => STATUSES.map((one) => ({ migration: one.migration, status: one })),
    trouble: async () => ['Tried again: it fails'],
    one: async (name) => {
      if (name === 'silent') return { migration: name, status: null }
      const found = STATUSES.find(({ migration }) => migration === name)
      return found === undefined ? null : { migration: name, status: found }
    },
  },
}

let api: ReadApi

beforeAll(async () => {
  api = await startReadApi({ host: '127.0.0.1', port: 0 }, 'right', site, () => {})
})

afterAll(async () => await api.close())

const get = async (path: string, init: RequestInit = { headers: { authorization: basic('ada:right') } }) => {
  const response = await fetch(api.url + path, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('the token', () => {
  it.each([
    ['Bearer right', true],
    ['bearer right', true],
    [basic('ada:right'), true],
    [basic(':right'), true],
    [basic('right'), false],
    [basic('right:'), false],
    [basic('ada:wrong'), false],
    ['Bearer wrong', false],
    ['Bearer', false],
    ['right', false],
    ['Digest right', false],
    ['', false],
  ])('in %j lets in: %s', (header, allowed) => {
    expect(isAllowed(header, 'right')).toBe(allowed)
  })

  it('may hold colons and letters of any language', () => {
    expect(isAllowed(basic('ada:a:b:ü'), 'a:b:ü')).toBe(true)
  })

  it('that is empty lets nobody in', () => {
    for (const header of [undefined, '', 'Bearer ', basic('ada:'), basic(':')])
      expect(isAllowed(header, '')).toBe(false)
  })

  it('is asked for by a page, which says where it is; a document only refuses', async () => {
    for (const path of ['/', '/runs/20261120-030000']) {
      const page = await get(path, {})
      expect([page.status, page.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)])
      expect(page.text).toContain('NIGHTFERRY_API_TOKEN')
      expect(page.text).not.toMatch(/shop|books/)
    }
    for (const path of [API_ROUTES.migrations(), '/live', API_ROUTES.runLive('shop', '1')]) {
      const document = await get(path, {})
      expect([document.status, document.headers.get('www-authenticate')]).toEqual([401, null])
      expect(JSON.parse(document.text)).toHaveProperty('remedy')
    }
  })
})

describe('an address where nothing is', () => {
  it('is a page with the way to the list for a browser, a document for a program, and names no file of ours', async () => {
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const asked = async (path: string, headers: Record<string, string>) => await get(path, { headers })
    const authorization = basic('ada:right')
    const page = await asked('/nosuch', { authorization, accept })
    expect([page.status, page.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')])
    expect(page.text).toContain('<a href="/">')
    for (const [path, headers] of [['/nosuch', {}] as const, [`/v1/nosuch`, { accept }] as const]) {
      const document = await asked(path, { authorization, ...headers })
      expect([document.status, JSON.parse(document.text)]).toEqual([
        404,
        { error: expect.any(String), remedy: expect.any(String) },
      ])
      expect(page.text + document.text).not.toMatch(/\.ts\b/)
    }
    const stranger = await asked('/nosuch', { accept })
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/^Basic /)])
  })
})

describe('every answer', () => {
  it.each(['/', '/runs/none', '/nothing', '/live', API_ROUTES.health()])(
    'at %s can be framed, sniffed and kept by nobody',
    async (path) => {
      const { headers } = await get(path)
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'/)
    },
  )

  it('to a HEAD is the head alone; whatever writes is refused', async () => {
    const headers = { authorization: 'Bearer right' }
    expect(await get('/', { method: 'HEAD', headers })).toMatchObject({ status: 200, text: '' })
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await get('/', { method, headers })).headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('the list of migrations', () => {
  it('stands while no target answers, and what people wrote is no script of it', async () => {
    const { status: code, text } = await get('/')
    expect(code).toBe(200)
    expect(text).toContain(API_ROUTES.runPage('shop', '20261121-030000').replace('&', '&amp;'))
    expect(text).toMatch(/class="badge is-warn"\s*>held</)
    expect(text).toContain('nightferry resume shop --hold h1')
    expect(text).not.toContain('<script>alert')
    expect(text).toContain('20261119-030000: incomplete')
  })

  it('is there as JSON, also one of it', async () => {
    expect(JSON.parse((await get(API_ROUTES.migrations())).text)).toEqual({
      format: 1,
      migrations: STATUSES.map((one) => ({ migration: one.migration, status: one })),
    })
    expect(JSON.parse((await get(API_ROUTES.migration('books'))).text)).toEqual({
      format: 1,
      migration: 'books',
      status: STATUSES[1],
    })
    expect((await get(API_ROUTES.migration('none'))).status).toBe(404)
  })

  it('says so where Temporal does not answer', async () => {
    const silent = async (): Promise<never> => await Promise.reject(new TemporalSilent('Temporal does not list them'))
    const other = await startReadApi(
      { host: '127.0.0.1', port: 0 },
      'right',
      { ...site, migrations: { all: silent, one: silent, trouble: silent } },
      () => {},
    )
    try {
      const page = await fetch(other.url, { headers: { authorization: basic('a:right') } })
      expect(page.status).toBe(503)
      expect(await page.text()).toContain('Temporal does not list them')
    } finally {
      await other.close()
    }
  })
})

describe('a target that froze', () => {
  const never = async (): Promise<never> => await new Promise(() => {})
  let frozen: ReadApi
  const page = async (path: string) => {
    const response = await fetch(frozen.url + path, { headers: { authorization: basic('a:right') } })
    return { status: response.status, text: await response.text() }
  }

  beforeAll(async () => {
    const on = { host: '127.0.0.1', port: 0 }
    frozen = await startReadApi(on, 'right', { ...site, ports: { ...ports, target: never, memory: never } }, () => {})
  })
  afterAll(async () => await frozen.close())

  it('keeps no page waiting for long, neither those of its own run nor the list with the others', async () => {
    const live = API_ROUTES.runLive('shop', '20261121-030000')
    const [list, own, far] = await Promise.all(['/', API_ROUTES.runPage('shop', '20261121-030000'), live].map(page))
    expect([list?.status, own?.status]).toEqual([200, 200])
    expect(list?.text).toContain('books')
    expect(JSON.parse(far?.text ?? '')).toMatchObject({ trouble: [expect.stringContaining('has not answered for')] })
  })
})

describe('a migration that is named in a strange way', () => {
  it('has the same stamp on the page as in what its script asks: the page would load itself again for ever', async () => {
    const strange = { ...STATUSES[1]!, migration: 'a\u202eb\u0085<"&\'' }
    const all = async () => [{ migration: strange.migration, status: strange }]
    const on = { host: '127.0.0.1', port: 0 }
    const other = await startReadApi(on, 'right', { ...site, migrations: { ...site.migrations, all } }, () => {})
    try {
      const ask = async (path: string) =>
        await (await fetch(other.url + path, { headers: { authorization: basic('a:right') } })).text()
      const { stamp } = JSON.parse(await ask('/live')) as { stamp: string }
      expect(stamp).toMatch(/^[\w-]{43}$/)
      expect(await ask('/')).toContain(`data-stamp="${stamp}"`)
    } finally {
      await other.close()
    }
  })
})

describe('the page of a run', () => {
  it('is live while it is under way, with what holds it, also while its target is away', async () => {
    const { status: code, text } = await get(API_ROUTES.runPage('shop', '20261121-030000'))
    expect(code).toBe(200)
    expect(text).toContain('Held: it waits')
    expect(text).toContain('The target does not answer')
    expect(text).toContain('<meta http-equiv="refresh"')
    expect(text).not.toContain('<script>alert')
    const live = JSON.parse((await get(API_ROUTES.runLive('shop', '20261121-030000'))).text) as object
    expect(live).toMatchObject({ underWay: true, percent: 0, holds: [{ why: HOSTILE }] })
    expect(live).toMatchObject({ trouble: [expect.stringContaining('does not answer'), 'Tried again: it fails'] })
  })

  it('is known to be over by whoever asks how far it is', async () => {
    const { text } = await get(API_ROUTES.runLive('shop', '20261120-030000'))
    expect(JSON.parse(text)).toEqual({ format: 1, migration: 'shop', run: '20261120-030000', underWay: false })
  })

  it('of two migrations is a choice', async () => {
    const { status: code, text } = await get('/runs/20261120-030000')
    expect(code).toBe(200)
    for (const name of ['shop', 'books']) expect(text).toContain(API_ROUTES.runPage(name, '20261120-030000'))
  })

  it('that nobody knows is answered with the runs there are', async () => {
    const { status: code, text } = await get('/runs/20200101-000000')
    expect(code).toBe(404)
    expect(text).toContain(API_ROUTES.runPage('books', '20261118-030000'))
  })

  it.each([
    ['/runs/1?migration=none', 404],
    ['/runs/1?migration=silent', 503],
    ['/runs/%E0%A4%A', 404],
    ['/runs/', 404],
    ['/runs/a/b', 404],
    ['//elsewhere/', 200],
  ])('at %s is %s', async (path, code) => {
    expect((await get(path)).status).toBe(code)
  })
})
