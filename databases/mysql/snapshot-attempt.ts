import type { OpenedSnapshot, SnapshotRequest } from '../../core/snapshot.js'
import { discard, openSession, type Session } from './connect.js'
import { queryText } from './query.js'
import type { Sessions } from './sessions.js'
import type { Lane } from './snapshot-lane.js'
import { openLanes, settled } from './snapshot-lanes.js'
import { isDenied, type Lock, locksOf, lockTables, sayAll } from './snapshot-lock.js'
import { readMoment } from './snapshot-position.js'
import { SILENT_SECONDS } from './snapshot-uncovered.js'
import { isBlind, isBusy, type Sight, sightOf, underWay } from './snapshot-sight.js'

/** What stays open: the sessions, and the one that keeps writers off tables that no snapshot covers. */
export interface Opening {
  readonly lanes: readonly Lane[]
  readonly holder: Session | null
  readonly opened: OpenedSnapshot
  readonly sight: Sight
}

/** A busy machine's round trips are no reason to give up a lock that is held. */
const LEAST_HELD_MS = 2000

const HELD_TOO_LONG = new Error('a session gave no answer while the lock was held')

/** What is under way in two looks this far apart is no short statement. */
const BETWEEN_LOOKS_MS = 250

/** What all attempts of one opening have in common. */
export interface Course {
  readonly request: SnapshotRequest
  /** Tables that no snapshot covers. */
  readonly uncovered: readonly string[]
  readonly spent: { blockedMs: number; attempts: number }
  readonly denied: Set<Lock['name']>
  /** How often a lock was asked for whose wait the account cannot foresee; also by openings of the run before this one. */
  readonly unseen: { asked: number }
  readonly mostUnseen: number
}

/**
 * `denied`: the next lock may do. `busy`: not to be asked for now. `refused`: asked for, and not granted in time; `unseen`
 * the same of a lock whose wait the account cannot foresee.
 */
export type NotOpened = 'denied' | 'busy' | 'refused' | 'unseen'

export class Attempt {
  readonly #lanes: Lane[] = []
  #lock: Session | null = null
  /** The account cannot see what its lock waits for. */
  isBlind = false
  #holder: Session | null = null
  /** Sessions that are to be this process's. */
  #own = 0

  constructor(
    private readonly sessions: Sessions,
    private readonly course: Course,
  ) {}

  /** `strictly`: not while anything is under way that is no short statement, where the lock could wait for it. */
  async run(strictly: boolean, signal: AbortSignal): Promise<Opening | NotOpened | 'no right'> {
    let opening: Opening | NotOpened = 'busy'
    try {
      const { address, connection } = this.sessions
      const session = (this.#lock = await openSession(address, connection))
      const sight = await sightOf(session)
      const { request, denied, unseen, mostUnseen } = this.course
      const lock = locksOf(session.server, request.tables, sight === 'own').find(({ name }) => !denied.has(name))
      if (lock === undefined) return 'no right'
      this.isBlind = isBlind(lock, sight)
      if (this.isBlind && unseen.asked >= mostUnseen) return 'unseen'
      if (await isBusy(session, lock, sight, request.lockTimeoutMs)) return 'busy'
      const goesOn = strictly && lock.waitsFor === 'statements' ? await this.#firstLook(session, sight) : null
      await this.#openLanes(signal)
      signal.throwIfAborted()
      if (goesOn !== null && (await goesOn())) return 'busy'
      opening = await this.#underLock(lock, session, sight, signal)
      return opening
    } finally {
      if (this.#lock !== null) discard(this.#lock.raw)
      if (typeof opening === 'string') this.#close()
    }
  }

  /** A query that has just begun may take an hour. The second look says whether anything of the first one goes on. */
  async #firstLook(session: Session, sight: Sight): Promise<() => Promise<boolean>> {
    const first = await underWay(session, sight)
    const pause = new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS))
    return async () => {
      await pause
      return [...(await underWay(session, sight))].some((one) => first.has(one))
    }
  }

  #close(): void {
    for (const lane of this.#lanes) lane.end()
    if (this.#holder !== null) discard(this.#holder.raw)
  }

  async #openLanes(signal: AbortSignal): Promise<void> {
    const { address, connection } = this.sessions
    const { request } = this.course
    this.#own = (await request.alongside?.gather(request.sessions, signal)) ?? request.sessions
    await openLanes(this.sessions, this.#lanes, { sessions: this.#own, tables: request.tables.length })
    await request.alongside?.connected(signal)
    if (this.course.uncovered.length > 0 && this.course.request.uncovered === 'lock')
      this.#holder = await openSession(address, connection)
  }

  async #underLock(
    lock: Lock,
    session: Session,
    sight: Sight,
    signal: AbortSignal,
  ): Promise<Opening | 'denied' | 'refused' | 'unseen'> {
    const { request, uncovered, spent, denied, unseen } = this.course
    spent.attempts++
    if (this.isBlind) unseen.asked++
    await queryText(
      session.raw,
      `SET SESSION lock_wait_timeout = ${Math.ceil(request.lockTimeoutMs / 1000)}, wait_timeout = ${SILENT_SECONDS}`,
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
          request.alongside?.begin(),
        ])
        await queryText(session.raw, lock.release)
        return begun
      })
      const blockedMs = spent.blockedMs + performance.now() - blocking
      await settled(this.#lanes.map((lane) => () => lane.stand()))
      const labelled = uncovered.filter((table) => !locked.includes(table))
      const opened = { ...where, ...spent, blockedMs, lock: lock.name, locked, labelled }
      const count = Math.min(this.#lanes.length, this.#own)
      return { lanes: this.#lanes, holder: this.#holder, sight, opened: { ...opened, sessions: count } }
    } catch (error) {
      if (blocking > 0) spent.blockedMs += performance.now() - blocking
      if (error === HELD_TOO_LONG || isNotGranted(error)) return this.isBlind ? 'unseen' : 'refused'
      if (!isDenied(error)) throw error
      denied.add(lock.name)
      spent.attempts--
      if (this.isBlind) unseen.asked--
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
      const timer = setTimeout(() => end(HELD_TOO_LONG), Math.max(this.course.request.lockTimeoutMs, LEAST_HELD_MS))
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
      await queryText(this.#holder.raw, `SET SESSION lock_wait_timeout = 1, wait_timeout = ${SILENT_SECONDS}`)
      await queryText(this.#holder.raw, lockTables(this.course.uncovered))
      return this.course.uncovered
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
    const timer = setTimeout(kill, this.course.request.lockTimeoutMs)
    try {
      await work()
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Lock wait timeout, interrupted, statement timeout (MariaDB), deadlock of metadata locks. */
const NOT_GRANTED = new Set([1205, 1317, 1969, 3024, 1213])

const isNotGranted = (error: unknown): boolean => NOT_GRANTED.has((error as { readonly errno?: number }).errno ?? 0)
