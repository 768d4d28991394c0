import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Failure } from '../core/failure.js'
import type { Log } from '../core/log.js'
import { NotThere } from './not-there.js'
import { type Answers, route } from './routes.js'

export interface ReadApi {
  /** `http://127.0.0.1:41235` */
  readonly url: string
  close(): Promise<void>
}

/**
 * Plans, reports and progress for whoever has the token: GET only, JSON, one address. Rejects when the port is taken.
 */
export async function startReadApi(
  listen: { readonly host: string; readonly port: number },
  token: string,
  answers: Answers,
  log: Log,
): Promise<ReadApi> {
  const server = createServer((request, response) => {
    void answer(request, response, token, answers, log)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(listen.port, listen.host, resolve)
  })
  return { url: urlOf(server, listen.host), close: () => close(server) }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answers: Answers,
  log: Log,
): Promise<void> {
  try {
    if (!isAllowed(request.headers.authorization, token))
      return send(response, 401, {
        error: 'The token is missing or not the right one',
        remedy: 'Send Authorization: Bearer TOKEN.',
      })
    if (request.method !== 'GET')
      return send(response, 405, {
        error: 'This API only reads',
        remedy: 'Use GET; what changes goes through Temporal.',
      })
    send(response, 200, await route(request.url ?? '/', answers))
  } catch (error) {
    const { status, body } = problem(error)
    if (status === 500) log('read API failed', { path: request.url?.split('?')[0], error: body.error })
    send(response, status, body)
  }
}

/** Hashed first, so that the comparison takes the same time for every length. */
function isAllowed(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

function problem(error: unknown): { status: number; body: { error: string; remedy: string } } {
  if (error instanceof NotThere) return { status: 404, body: { error: error.message, remedy: error.remedy } }
  if (!(error instanceof Failure))
    return { status: 500, body: { error: 'An unexpected error', remedy: "Look at the control worker's log." } }
  const { kind, message, details } = error
  const isThere = kind !== 'connection-unknown' && kind !== 'target-missing' && kind !== 'refused'
  return { status: isThere ? 500 : 404, body: { error: message, remedy: details.remedy } }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
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
