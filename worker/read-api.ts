import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { API_VERSION } from '../core/api.js'
import { Failure } from '../core/failure.js'
import type { Log } from '../core/log.js'
import { CHALLENGE, isAllowed } from './log-in.js'
import { TemporalSilent } from './migrations.js'
import { NotThere } from './not-there.js'
import type { Page } from './pages/layout.js'
import { loginPage, problemPage } from './pages/problem-page.js'
import { isPage, openPages } from './pages/routes.js'
import { route } from './routes.js'
import type { Site } from './site.js'

export interface ReadApi {
  /** `http://127.0.0.1:41235` */
  readonly url: string
  close(): Promise<void>
}

/**
 * Plans, reports and progress for whoever has the token, as JSON, and as pages for people: it only reads, on one address.
 * Rejects when the port is taken.
 */
export async function startReadApi(
  listen: { readonly host: string; readonly port: number },
  token: string,
  site: Site,
  log: Log,
): Promise<ReadApi> {
  const respond = responder(site, log)
  const server = createServer((request, response) => {
    void respond(request, token).then((answer) => send(response, answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, listen.host, resolve)
  })
  return { url: urlOf(server, listen.host), close: () => close(server) }
}

interface Answer {
  readonly status: number
  readonly content: Page | { readonly json: unknown }
  readonly headers?: Readonly<Record<string, string>>
}

interface Wrong {
  readonly status: number
  readonly error: string
  readonly remedy: string
}

function responder(site: Site, log: Log): (request: IncomingMessage, token: string) => Promise<Answer> {
  const pages = openPages(site)
  return async (request, token) => {
    const url = urlOfRequest(request)
    const forPeople = isPage(url.pathname) || isBrowsed(request, url.pathname)
    try {
      if (!isAllowed(request.headers.authorization, token)) return refused(forPeople)
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return { ...problemAnswer(NOT_A_READ, forPeople), headers: { allow: 'GET, HEAD' } }
      const reply = await pages(url)
      if (reply !== null)
        return 'page' in reply ? { status: reply.status, content: reply.page } : { status: 200, content: reply }
      return { status: 200, content: { json: await route(url.pathname, site) } }
    } catch (error) {
      const wrong = problem(error)
      if (wrong.status === 500) log('read API failed', { path: url.pathname, error: wrong.error })
      return problemAnswer(wrong, forPeople)
    }
  }
}

/** A person mistyped an address; whatever begins like a document's is answered as one. */
const isBrowsed = ({ headers }: IncomingMessage, path: string): boolean =>
  headers.accept?.includes('text/html') === true && !path.startsWith(`/${API_VERSION}/`)

/** Only the path and what is asked of it count: where it was sent to is a matter of proxies. */
function urlOfRequest({ url = '/' }: IncomingMessage): URL {
  return URL.canParse(url, 'http://nightferry') ? new URL(url, 'http://nightferry') : new URL('http://nightferry/-')
}

const NOT_A_READ: Wrong = {
  status: 405,
  error: 'This API only reads',
  remedy: 'Use GET; what changes goes through Temporal.',
}

/** A browser asks its person then; a program, and a page's script, get words. */
const refused = (forPeople: boolean): Answer =>
  forPeople
    ? { status: 401, content: loginPage(), headers: { 'www-authenticate': CHALLENGE } }
    : problemAnswer(
        {
          status: 401,
          error: 'The token is missing or not the right one',
          remedy: 'Send Authorization: Bearer TOKEN.',
        },
        false,
      )

const problemAnswer = ({ status, error, remedy }: Wrong, forPeople: boolean): Answer => ({
  status,
  content: forPeople ? problemPage(error, remedy, [], status >= 500) : { json: { error, remedy } },
})

function problem(error: unknown): Wrong {
  if (error instanceof NotThere) return { status: 404, error: error.message, remedy: error.remedy }
  if (error instanceof TemporalSilent)
    return { status: 503, error: error.message, remedy: 'Ask again once Temporal is back; runs wait for it as well.' }
  if (!(error instanceof Failure))
    return { status: 500, error: 'An unexpected error', remedy: "Look at the control worker's log." }
  const { kind, message, details } = error
  const isThere = kind !== 'connection-unknown' && kind !== 'target-missing' && kind !== 'refused'
  return { status: isThere ? 500 : 404, error: message, remedy: details.remedy }
}

/**
 * No page elsewhere may show these in a frame or take them as a script, and no address of them is told to others. A name that
 * somebody else's server gives to this address (DNS rebinding) is another origin: a browser sends no token there.
 */
const GUARDS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const

function send(response: ServerResponse, { status, content, headers }: Answer): void {
  const [type, policy, text] =
    'html' in content
      ? ['text/html', content.policy, content.html]
      : ['application/json', "default-src 'none'; frame-ancestors 'none'", JSON.stringify(content.json)]
  response.writeHead(status, {
    ...GUARDS,
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    'content-security-policy': policy,
    ...headers,
  })
  // Node leaves the body out of the answer to a HEAD.
  response.end(text)
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
