import { aboutConnection, discard, isUsable, openSession, type Session } from './connect.js'
import { toFailure } from './errors.js'
import { queryText } from './query.js'
import type { Address } from './url.js'

/** After this long without work a session is closed. */
const IDLE_MILLISECONDS = 60_000

/** How long cancelled work may take to notice; then it is left to its destroyed session. */
const UNWIND_MILLISECONDS = 500

/**
 * The sessions of one connection. As many as are asked for at the same time (the callers' widths bound them); an idle
 * one is used again, one whose work failed or was cancelled never is, since rows of its answer may still be coming.
 */
export class Sessions {
  private readonly idle: { readonly session: Session; readonly timer: NodeJS.Timeout }[] = []
  private closed = false

  constructor(
    readonly address: Address,
    readonly connection: string,
  ) {}

  /**
   * Runs `work` on a session of its own. On abort the session is killed on the server and destroyed here, and the
   * signal's reason is thrown. Other errors come out as Failures.
   */
  async withSession<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal, table?: string): Promise<T> {
    signal?.throwIfAborted()
    const session = await this.take(signal)
    if (signal?.aborted) {
      this.giveBack(session)
      throw signal.reason
    }
    const cancel = (): void => this.cancel(session)
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const value = await (signal ? untilAborted(work(session), signal) : work(session))
      this.giveBack(session)
      return value
    } catch (error) {
      discard(session.raw)
      signal?.throwIfAborted()
      throw this.failure(error, table)
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** One statement's rows as text. */
  async query(sql: string, signal?: AbortSignal): Promise<ReturnType<typeof queryText>> {
    return await this.withSession((session) => queryText(session.raw, sql), signal)
  }

  /** An error of one of its sessions as the Failure that it is. */
  failure(error: unknown, table?: string): Error {
    const about = aboutConnection(this.address, this.connection)
    return toFailure(error, table === undefined ? about : { ...about, table })
  }

  /** Closes what is idle; a session that is in use is dropped when it comes back. */
  close(): void {
    this.closed = true
    for (const { session, timer } of this.idle.splice(0)) {
      clearTimeout(timer)
      session.raw.end(() => discard(session.raw))
    }
  }

  private async take(signal: AbortSignal | undefined): Promise<Session> {
    for (let found = this.idle.pop(); found; found = this.idle.pop()) {
      clearTimeout(found.timer)
      if (isUsable(found.session)) return found.session
      discard(found.session.raw)
    }
    const opening = openSession(this.address, this.connection)
    if (!signal) return await opening
    try {
      return await untilAborted(opening, signal)
    } catch (error) {
      // A host that swallows packets takes ten seconds to give up; what it may still open is nobody's.
      opening.then(({ raw }) => discard(raw)).catch(() => {})
      throw error
    }
  }

  private giveBack(session: Session): void {
    if (this.closed || !isUsable(session)) return discard(session.raw)
    const timer = setTimeout(() => {
      const at = this.idle.findIndex((one) => one.session === session)
      if (at >= 0) this.idle.splice(at, 1)
      session.raw.end(() => discard(session.raw))
    }, IDLE_MILLISECONDS)
    timer.unref()
    this.idle.push({ session, timer })
  }

  /**
   * A server that is still scanning does not notice that its client is gone, so it is told by KILL, on another session;
   * that one failing changes nothing for us.
   */
  private cancel(session: Session): void {
    discard(session.raw)
    this.withSession((other) => queryText(other.raw, `KILL ${session.threadId}`)).catch(() => {})
  }
}

/** The work's own end, or the abort's reason once the work has unwound (nothing may be written after we return). */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let giveUp: NodeJS.Timeout | undefined
  const aborted = new Promise<never>((_, reject) => {
    const late = (): void => {
      giveUp = setTimeout(() => reject(signal.reason as Error), UNWIND_MILLISECONDS)
    }
    if (signal.aborted) late()
    else signal.addEventListener('abort', late, { once: true })
    work.then(
      () => signal.removeEventListener('abort', late),
      () => signal.removeEventListener('abort', late),
    )
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    clearTimeout(giveUp)
  }
}
