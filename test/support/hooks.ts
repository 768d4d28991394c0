import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hook, HookMoment } from '../../core/config/types.js'
import { hookPayload, type HookCall, type HookFacts } from '../../core/hooks.js'

export const factsOf = (more: Partial<HookFacts> = {}): HookFacts => ({
  migration: 'shop',
  run: '20261120-030000',
  version: 3,
  verdict: 'complete',
  reason: null,
  label: 'snapshot',
  published: 'shop',
  counts: { tables: 12, stopped: 0, rows: 3400, bytes: 560_000 },
  news: [],
  ...more,
})

export const callOf = (hook: Hook, moment: HookMoment = 'after_publish', database: string | null = null): HookCall => ({
  hook,
  payload: hookPayload(moment, factsOf()),
  target: { connection: 'to', database, schema: 'public' },
})

/** A folder as a worker has one; dropped at the end. */
export async function withHome(use: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'nightferry-hooks-'))
  try {
    await use(home)
  } finally {
    rmSync(home, { recursive: true })
  }
}

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver on this machine: `answer` says what the n-th call (from 1) gets; one that answers nothing leaves it open. */
export async function withReceiver(
  answer: (number: number, response: ServerResponse) => void,
  use: (url: string, received: readonly Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      received.push({ headers: request.headers, body })
      answer(received.length, response)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received)
  } finally {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** What a receiver does to know who sent it. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const match = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['nightferry-signature']))
  const recent = Math.abs(Date.now() / 1000 - Number(match?.[1])) < 30
  return recent && createHmac('sha256', secret).update(`${match?.[1]}.${body}`).digest('hex') === match?.[2]
}
