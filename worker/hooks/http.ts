import { createHmac } from 'node:crypto'
import { Failure } from '../../core/failure.js'
import { signatureBase, signatureHeader, type HookPayload } from '../../core/hooks.js'
import { PRODUCT } from '../../core/product.js'
import { retrying, type Attempted, type Backoff } from './retrying.js'
import { Tail } from './tail.js'

export interface HttpCall {
  readonly url: URL
  readonly secret: string
  readonly payload: HookPayload
  readonly timeoutMs: number
  readonly backoff: Backoff
}

const ANSWER_BYTES = 2 * 1024

/**
 * Posts the payload until it is taken: 2xx. What may be better soon (5xx, 429, a connection that fails, no answer in
 * time) is tried again, under the same key and with a signature of its own. A redirect is not followed: the answer of an
 * address that nobody named is no delivery. Says what was answered; throws `hook-failed`, and the signal's reason.
 */
export async function post(call: HttpCall, signal: AbortSignal): Promise<string> {
  const body = JSON.stringify(call.payload)
  return await retrying(call.backoff, signal, async (number): Promise<Attempted<string>> => {
    const answer = await send(call, body, signal)
    const what = number === 1 ? answer.what : `${answer.what} (attempt ${number})`
    if (answer.ok) return { done: what }
    const { again, afterMs, remedy, private: reason } = answer
    const failed = new Failure('hook-failed', what, { remedy, private: { reason } })
    return again ? { failed, again, ...(afterMs !== null && { afterMs }) } : { failed, again }
  })
}

type Answer =
  | { readonly ok: true; readonly what: string }
  | {
      readonly ok: false
      readonly what: string
      readonly again: boolean
      readonly afterMs: number | null
      readonly remedy: string
      readonly private: string
    }

async function send(call: HttpCall, body: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(withoutAccount(call.url), {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: headersOf(call, body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(call.timeoutMs)]),
    })
    return answered(response, await endOf(response))
  } catch (error) {
    signal.throwIfAborted()
    const late = error instanceof Error && error.name === 'TimeoutError'
    const what = late ? `gave no answer within ${call.timeoutMs / 1000} s` : `cannot be reached (${reasonOf(error)})`
    const remedy = 'Check the address that the worker has for it, and that the worker may reach it.'
    return { ok: false, what, again: true, afterMs: null, remedy, private: '' }
  }
}

function headersOf({ url, secret, payload }: HttpCall, body: string): Record<string, string> {
  const now = Math.floor(Date.now() / 1000)
  const hex = createHmac('sha256', secret).update(signatureBase(now, body)).digest('hex')
  const account = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    'Content-Type': 'application/json',
    'User-Agent': `${PRODUCT.name}/${PRODUCT.version}`,
    'Nightferry-Signature': signatureHeader(now, hex),
    'Idempotency-Key': payload.key,
    ...(account !== ':' && { Authorization: `Basic ${Buffer.from(account).toString('base64')}` }),
  }
}

/** fetch refuses an address with an account in it, and prints it. */
function withoutAccount(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}

function answered({ status, headers }: Response, words: string): Answer {
  if (status >= 200 && status < 300) return { ok: true, what: `answered ${status}` }
  const again = status >= 500 || status === 429
  const remedy =
    status >= 300 && status < 400
      ? 'Redirects are not followed: give the worker the address that it leads to.'
      : again
        ? "Look at the receiver: it was tried again until the hook's time was over."
        : 'Look at what the receiver wants: the address, and the secret that the worker signs with.'
  return { ok: false, what: `answered ${status}`, again, afterMs: retryAfter(headers), remedy, private: words }
}

/** In seconds; a date is not worth the trouble. */
function retryAfter(headers: Headers): number | null {
  const text = headers.get('retry-after') ?? ''
  return /^\d{1,5}$/.test(text) ? Number(text) * 1000 : null
}

/** The end of its first words, for whoever looks for the reason; the status is known, so nothing else fails here. */
async function endOf({ body }: Response): Promise<string> {
  const tail = new Tail(ANSWER_BYTES)
  if (body === null) return ''
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  try {
    for (let read = 0; read < ANSWER_BYTES;) {
      const { done, value } = await reader.read()
      if (done) break
      tail.add(value)
      read += value.length
    }
    await reader.cancel()
  } catch {
    // The connection broke, or its time is over: the answer stands.
  }
  return tail.text()
}

/** A code of Node's, never a message: that names the address. */
function reasonOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : null
  const code = (cause as { readonly code?: unknown } | null)?.code
  return typeof code === 'string' ? code : 'no connection'
}
