import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HookResult } from '../../core/hooks.js'
import { openHooks } from '../../worker/hooks/index.js'
import { callOf, isSigned, withHome, withReceiver, type Received } from '../support/hooks.js'
import { waitUntil } from '../support/wait.js'

const SECRET = 'sehr-geheim'
const LIMITS = { callMs: 300, backoff: { firstMs: 20, mostMs: 40, budgetMs: 2000 } }
const CALL = callOf({ http: 'ci-webhook' })

async function call(
  url: string,
  { signal = new AbortController().signal, variables = {}, limits = {} }: Options = {},
): Promise<HookResult & { readonly logged: string }> {
  const logged: string[] = []
  const known = { NIGHTFERRY_HOOK_CI_WEBHOOK_URL: url, NIGHTFERRY_HOOK_CI_WEBHOOK_SECRET: SECRET, ...variables }
  const log = (message: string, fields: unknown): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
  let result: HookResult | null = null
  await withHome(async (home) => {
    result = await openHooks(known, home, log, { ...LIMITS, ...limits }).run(CALL, signal)
  })
  return { ...result!, logged: logged.join('\n') }
}

interface Options {
  readonly signal?: AbortSignal
  readonly variables?: Readonly<Record<string, string>>
  readonly limits?: Partial<typeof LIMITS>
}

const keys = (received: readonly Received[]): unknown[] => received.map(({ headers }) => headers['idempotency-key'])

describe('an HTTP hook', () => {
  it('is posted as JSON, signed, with the key of its moment', () =>
    withReceiver(
      (_n, response) => response.writeHead(204).end(),
      async (url, received) => {
        expect(await call(url)).toMatchObject({
          ok: true,
          name: 'after_publish (http ci-webhook)',
          what: 'answered 204',
          remedy: null,
        })
        expect(received).toHaveLength(1)
        expect(JSON.parse(received[0]!.body)).toEqual(CALL.payload)
        expect(received[0]!.headers['content-type']).toBe('application/json')
        expect(isSigned(received[0]!, SECRET)).toBe(true)
        expect(isSigned({ ...received[0]!, body: `${received[0]!.body} ` }, SECRET)).toBe(false)
      },
    ))

  it.each([500, 503, 429])('that is answered with %i is sent again under the same key until it is taken', (status) =>
    withReceiver(
      (n, response) => response.writeHead(n < 3 ? status : 200).end('busy'),
      async (url, received) => {
        expect(await call(url)).toMatchObject({ ok: true, what: 'answered 200 (attempt 3)' })
        expect(keys(received)).toEqual(Array(3).fill('shop/20261120-030000/after_publish'))
        expect(received.every((one) => isSigned(one, SECRET))).toBe(true)
      },
    ),
  )

  it.each([400, 401, 404, 410])('that is answered with %i is not sent again', (status) =>
    withReceiver(
      (_n, response) => response.writeHead(status).end('token geheim is wrong'),
      async (url, received) => {
        const result = await call(url)
        expect(result).toMatchObject({ ok: false, what: `answered ${status}`, remedy: expect.stringMatching(/secret/) })
        expect(received).toHaveLength(1)
        expect(JSON.stringify(result)).not.toContain('geheim')
      },
    ),
  )

  it('follows no redirect, and says so', () =>
    withReceiver(
      (_n, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      async (url, received) => {
        const remedy = 'Redirects are not followed: give the worker the address that it leads to.'
        expect(await call(url)).toMatchObject({ ok: false, what: 'answered 302', remedy })
        expect(received).toHaveLength(1)
      },
    ))

  it('whose receiver is silent is tried again, and ends within its budget', () =>
    withReceiver(
      () => {},
      async (url, received) => {
        const result = await call(url, { limits: { callMs: 100, backoff: { ...LIMITS.backoff, budgetMs: 250 } } })
        expect(result).toMatchObject({
          ok: false,
          what: expect.stringMatching(/^gave no answer within 0.1 s \(attempt /),
        })
        expect(received.length).toBeGreaterThan(1)
        expect(result.seconds).toBeLessThan(2)
      },
    ))

  it('waits as long as the receiver asks for, if that is within its budget', () =>
    withReceiver(
      (n, response) => response.writeHead(n === 1 ? 429 : 200, { 'retry-after': '1' }).end(),
      async (url) => {
        const result = await call(url)
        expect(result.what).toBe('answered 200 (attempt 2)')
        expect(result.seconds).toBeGreaterThanOrEqual(1)
        const short = { backoff: { ...LIMITS.backoff, budgetMs: 500 } }
        await withReceiver(
          (_n, response) => response.writeHead(429, { 'retry-after': '3600' }).end(),
          async (busy) =>
            expect(await call(busy, { limits: short })).toMatchObject({ ok: false, what: 'answered 429' }),
        )
      },
    ))

  it('that cannot be reached is named by its code alone: no address, no account, no secret', async () => {
    let gone = ''
    await withReceiver(
      () => {},
      async (url) => void (gone = url.replace('http://', 'http://ada:passwort@')),
    )
    const result = await call(gone, { limits: { backoff: { ...LIMITS.backoff, budgetMs: 50 } } })
    expect(result).toMatchObject({ ok: false, what: expect.stringContaining('(ECONNREFUSED)') })
    expect(JSON.stringify(result)).not.toMatch(/passwort|127\.0\.0\.1|geheim/)
  })

  it('carries the account of its address as a header', () =>
    withReceiver(
      (_n, response) => response.writeHead(200).end(),
      async (url, received) => {
        await call(url.replace('http://', 'http://ada:pass%20wort@'))
        const account = Buffer.from('ada:pass wort').toString('base64')
        expect(received[0]!.headers.authorization).toBe(`Basic ${account}`)
      },
    ))

  it('ends at once when the run is cancelled', () =>
    withReceiver(
      () => {},
      async (url, received) => {
        const stop = new AbortController()
        const calling = call(url, { signal: stop.signal, limits: { callMs: 60_000 } }).catch((error: unknown) => error)
        await waitUntil('the call to arrive', () => received.length === 1)
        const from = performance.now()
        stop.abort(new Error('paused'))
        expect(await calling).toEqual(new Error('paused'))
        expect(performance.now() - from).toBeLessThan(1000)
      },
    ))

  it.each([
    ['URL', { NIGHTFERRY_HOOK_CI_WEBHOOK_URL: '' }, 'NIGHTFERRY_HOOK_CI_WEBHOOK_URL'],
    ['secret', { NIGHTFERRY_HOOK_CI_WEBHOOK_SECRET: '' }, 'NIGHTFERRY_HOOK_CI_WEBHOOK_SECRET'],
    ['URL of HTTP', { NIGHTFERRY_HOOK_CI_WEBHOOK_URL: 'file:///etc/geheim' }, 'NIGHTFERRY_HOOK_CI_WEBHOOK_URL'],
  ])('without a %s is not sent, and the remedy names the variable', async (_what, variables, named) => {
    const result = await call('http://127.0.0.1:9', { variables })
    expect(result).toMatchObject({ ok: false, remedy: expect.stringContaining(named) })
    expect(JSON.stringify(result)).not.toContain('geheim')
  })

  it('takes its URL and secret from files', () =>
    withReceiver(
      (_n, response) => response.writeHead(200).end(),
      (url, received) =>
        withHome(async (home) => {
          const [urlFile, secretFile] = [join(home, 'url'), join(home, 'secret')]
          writeFileSync(urlFile, `${url}\n`)
          writeFileSync(secretFile, 'from-file\n')
          const variables = {
            NIGHTFERRY_HOOK_CI_WEBHOOK_URL: '',
            NIGHTFERRY_HOOK_CI_WEBHOOK_SECRET: '',
            NIGHTFERRY_HOOK_CI_WEBHOOK_URL_FILE: urlFile,
            NIGHTFERRY_HOOK_CI_WEBHOOK_SECRET_FILE: secretFile,
          }
          expect(await call('', { variables })).toMatchObject({ ok: true })
          expect(isSigned(received[0]!, 'from-file')).toBe(true)
        }),
    ))
})
