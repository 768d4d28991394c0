import { Failure } from '../../core/failure.js'
import type { OpenedSnapshot, SnapshotRequest } from '../../core/snapshot.js'
import { discard, openSession, type Session } from './connect.js'
import { queryText } from './query.js'
import type { Sessions } from './sessions.js'
import { Lane } from './snapshot-lane.js'
import { isDenied, type Lock, lockRemedy, locksOf, lockTables, sayAll } from './snapshot-lock.js'
import { keepsMetadataLocks, readMoment } from './snapshot-position.js'
import { uncoveredTables } from './snapshot-uncovered.js'
import { hasLongQuery, readProcesses } from './snapshot-watch.js'

/** What stays open: the sessions, and the one that keeps writers off tables that no snapshot covers. */
export interface Opening {
  readonly lanes: readonly Lane[]
  readonly holder: Session | null
  readonly opened: OpenedSnapshot
}

/** Where a metadata lock stays as long as its transaction, sessions that read tables of their own can end with these. */
const MOST_SPARE = 8

/** A busy machine's round trips are no reason to give up a lock that is held. */
const LEAST_HELD_MS = 2000

/** A server whose client vanished ends the session that holds the lock by itself. */
const SILENT_SECONDS = 30

const HELD_TOO_LONG = new Error('a session gave no answer while the lock was held')

/** The pauses between two attempts at a lock: longer each time. */
const PAUSES_MS = [250, 1000, 4000, 10_000]

/**
 * Opens all sessions first, so that the lock has nothing to wait for but their START TRANSACTION. An attempt that does
 * not get its lock within `lockTimeoutMs` gives it up, and the next one comes after a pause.
 */
export async function openUnderLock(
  sessions: Sessions,
  request: SnapshotRequest,
  signal: AbortSignal,
): Promise<Opening> {
  const deadline = Date.now() + request.patienceMs
  const uncovered = await uncoveredTables(sessions, request.tables)
  const spent = { blockedMs: 0, attempts: 0 }
  const denied = new Set<Lock['name']>()
  for (let tries = 0; ; tries++) {
    const attempt = new Attempt(sessions, request, uncovered, spent, denied)
    try {
      const opening = await attempt.run(signal)
      if (opening === 'denied') continue
      if (opening !== null) return opening
    } catch (error) {
      throw sessions.failure(error)
    }
    const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] as number
    if (Date.now() + pause > deadline) throw notGranted(sessions, request, spent.attempts)
    await pauseFor(pause, signal)
  }
}

class Attempt {
  readonly #lanes: Lane[] = []
  #lock: Session | null = null
  #holder: Session | null = null

  constructor(
    private readonly sessions: Sessions,
    private readonly request: SnapshotRequest,
    private readonly uncovered: readonly string[],
    private readonly spent: { blockedMs: number; attempts: number },
    private readonly denied: Set<Lock['name']>,
  ) {}

  /** Null: the lock was not granted, or is not to be asked for now. Denied: the next one may do. */
  async run(signal: AbortSignal): Promise<Opening | 'denied' | null> {
    let opening: Opening | 'denied' | null = null
    try {
      const { address, connection } = this.sessions
      this.#lock = await openSession(address, connection)
      const lock = locksOf(this.#lock.server, this.request.tables).find(({ name }) => !this.denied.has(name))
      if (lock === undefined) throw noRight(this.sessions)
      if (lock.waitsForReaders && (await this.#isBusy(this.#lock))) return null
      await this.#openLanes()
      signal.throwIfAborted()
      opening = await this.#underLock(lock, this.#lock, signal)
      return opening
    } finally {
      if (this.#lock !== null) discard(this.#lock.raw)
      if (opening === null || opening === 'denied') this.#close()
    }
  }

  #close(): void {
    for (const lane of this.#lanes) lane.end()
    if (this.#holder !== null) discard(this.#holder.raw)
  }

  async #isBusy(session: Session): Promise<boolean> {
    return hasLongQuery(await readProcesses(session), this.request.lockTimeoutMs, new Set([session.threadId]))
  }

  async #openLanes(): Promise<void> {
    const { address, connection } = this.sessions
    const open = async (): Promise<void> => {
      this.#lanes.push(await Lane.open(address, connection, keepsMetadataLocks))
    }
    await settled(Array.from({ length: this.request.sessions }, () => open))
    const sticky = this.#lanes.some((lane) => lane.isSticky)
    const spare = sticky ? Math.min(MOST_SPARE, this.request.tables.length) : 1
    // Without them a snapshot only ends earlier, so a server that has no connection left is no reason to stop.
    await settled(Array.from({ length: spare }, () => open)).catch(() => {})
    if (this.uncovered.length > 0 && this.request.uncovered === 'lock')
      this.#holder = await openSession(address, connection)
  }

  async #underLock(lock: Lock, session: Session, signal: AbortSignal): Promise<Opening | 'denied' | null> {
    const { lockTimeoutMs } = this.request
    this.spent.attempts++
    await queryText(
      session.raw,
      `SET SESSION lock_wait_timeout = ${Math.ceil(lockTimeoutMs / 1000)}, wait_timeout = ${SILENT_SECONDS}`,
    )
    let blocking = 0
    try {
      await this.#within(session, () => sayAll(session, lock.before))
      blocking = performance.now()
      await this.#within(session, () => sayAll(session, lock.take))
      // Side by side: each round trip under the lock is one more that writers wait for.
      const [where, locked] = await this.#notForLong(session, signal, async () => {
        const begun = await Promise.all([
          readMoment(session),
          this.#keepUncovered(),
          settled(this.#lanes.map((lane) => () => lane.begin())),
        ])
        await queryText(session.raw, lock.release)
        return begun
      })
      const blockedMs = this.spent.blockedMs + performance.now() - blocking
      await settled(this.#lanes.map((lane) => () => lane.stand()))
      const labelled = this.uncovered.filter((table) => !locked.includes(table))
      const opened = { ...where, ...this.spent, blockedMs, lock: lock.name, locked, labelled }
      const count = Math.min(this.#lanes.length, this.request.sessions)
      return { lanes: this.#lanes, holder: this.#holder, opened: { ...opened, sessions: count } }
    } catch (error) {
      if (blocking > 0) this.spent.blockedMs += performance.now() - blocking
      if (error === HELD_TOO_LONG) return null
      if (!isDenied(error) && !isNotGranted(error)) throw error
      if (!isDenied(error)) return null
      this.denied.add(lock.name)
      this.spent.attempts--
      return 'denied'
    }
  }

  /**
   * Writers wait meanwhile: where one of the sessions gives no answer, or the signal comes, the lock's own session is
   * ended, and with it the lock.
   */
  async #notForLong<T>(session: Session, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const stop = new AbortController()
    const late = new Promise<never>((_, reject) => {
      const end = (reason: Error): void => {
        discard(session.raw)
        reject(reason)
      }
      const timer = setTimeout(() => end(HELD_TOO_LONG), Math.max(this.request.lockTimeoutMs, LEAST_HELD_MS))
      signal.addEventListener('abort', () => end(signal.reason as Error), { signal: stop.signal })
      stop.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    try {
      return await Promise.race([work(), late])
    } finally {
      stop.abort()
    }
  }

  /** Under the lock, which keeps writers away already: the tables' own locks are there at once. */
  async #keepUncovered(): Promise<readonly string[]> {
    if (this.#holder === null) return []
    try {
      await queryText(this.#holder.raw, 'SET SESSION lock_wait_timeout = 1')
      await queryText(this.#holder.raw, lockTables(this.uncovered))
      return this.uncovered
    } catch (error) {
      if (!isDenied(error)) throw error
      discard(this.#holder.raw)
      this.#holder = null
      return []
    }
  }

  /** lock_wait_timeout has whole seconds, and counts each lock of a statement anew: a KILL QUERY is exact. */
  async #within(session: Session, work: () => Promise<void>): Promise<void> {
    const kill = (): void => {
      this.sessions.withSession((other) => queryText(other.raw, `KILL QUERY ${session.threadId}`)).catch(() => {})
    }
    const timer = setTimeout(kill, this.request.lockTimeoutMs)
    try {
      await work()
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Runs all of them and waits for all: whatever was opened is known when one has failed. */
async function settled(work: readonly (() => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(work.map((one) => one()))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/** Lock wait timeout, interrupted, statement timeout (MariaDB), deadlock of metadata locks. */
const NOT_GRANTED = new Set([1205, 1317, 1969, 3024, 1213])

const isNotGranted = (error: unknown): boolean => NOT_GRANTED.has((error as { readonly errno?: number }).errno ?? 0)

const noRight = ({ connection, address }: Sessions): Failure =>
  new Failure(
    'source-privilege',
    `The account ${address.user} may take no lock on the source ${connection}: no snapshot of one moment is possible.`,
    { remedy: `${lockRemedy(address.database, address.user)}; or set consistency.read to best-effort.` },
  )

const notGranted = (
  { connection }: Sessions,
  { lockTimeoutMs, patienceMs }: SnapshotRequest,
  attempts: number,
): Failure =>
  new Failure(
    'source-conflict',
    `The source ${connection} granted no lock of ${lockTimeoutMs} ms within ${Math.round(patienceMs / 1000)} s (asked for ${attempts} times): queries run longer than that.`,
    { remedy: 'Look for long queries on the source; a longer consistency.lock_timeout makes writers wait longer.' },
  )

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(done, milliseconds)
    function done(): void {
      signal.removeEventListener('abort', aborted)
      resolve()
    }
    function aborted(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', aborted, { once: true })
  })
}
