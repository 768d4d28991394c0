import type pg from 'pg'
import { toFailure, type ErrorContext } from './errors.js'
import type { Target } from './target.js'

/** A server that does not heed the cancel within this is left to notice the closed socket. */
const CANCEL_MILLISECONDS = 800

/**
 * Runs `work` on a session of its own. An abort cancels whatever the session is doing, from another session, waits
 * for its end and throws the signal's reason; every other error becomes a `Failure`.
 */
export async function onSession<T>(
  target: Pick<Target, 'pool'>,
  about: ErrorContext,
  signal: AbortSignal | undefined,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const client = await target.pool.connect()
  let dropped = false
  const drop = (broken: boolean): void => {
    if (!dropped) client.release(broken)
    dropped = true
  }
  let late: NodeJS.Timeout | undefined
  const stop = (): void => {
    late = setTimeout(() => drop(true), CANCEL_MILLISECONDS)
    void cancel(target, client).catch(() => drop(true))
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    signal?.throwIfAborted()
    return await work(client)
  } catch (error) {
    signal?.throwIfAborted()
    throw toFailure(error, about)
  } finally {
    signal?.removeEventListener('abort', stop)
    clearTimeout(late)
    // A cancel that is still under way must not hit the session's next user; a transaction that failed goes with it.
    drop(signal?.aborted === true || client.getTransactionStatus() !== 'I')
  }
}

async function cancel(target: Pick<Target, 'pool'>, client: pg.PoolClient): Promise<void> {
  const pid = (client as unknown as { readonly processID: number }).processID
  await target.pool.query('SELECT pg_cancel_backend($1)', [pid])
}

/** The same in one transaction, rolled back on every error. */
export const inTransaction = <T>(
  target: Pick<Target, 'pool'>,
  about: ErrorContext,
  signal: AbortSignal | undefined,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> =>
  onSession(target, about, signal, async (client) => {
    await client.query('BEGIN')
    const result = await work(client)
    const ended = await client.query('COMMIT')
    // A COMMIT of a transaction that had failed answers, without an error, that it rolled back.
    if (ended.command !== 'COMMIT') throw new Error(`COMMIT answered ${ended.command}`)
    return result
  })

/**
 * Runs `work` while no other session does under the same name: an attempt whose worker is gone holds its lock until
 * the server notices. Waits half a minute, then `target-conflict`.
 */
export const alone = <T>(
  target: Pick<Target, 'pool'>,
  about: ErrorContext,
  name: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  inTransaction(target, about, signal, async (client) => {
    await client.query(`SET LOCAL lock_timeout TO '30s'`)
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name])
    return await work()
  })
