import { Failure } from '../../core/failure.js'
import type { OpenedSnapshot, SnapshotState } from '../../core/snapshot.js'
import { discard, type Session } from './connect.js'
import { queryText } from './query.js'
import { type Sessions, untilAborted } from './sessions.js'
import { UncoveredLock } from './snapshot-uncovered.js'
import type { Lane } from './snapshot-lane.js'
import type { Opening } from './snapshot-attempt.js'
import { readProcesses, type Sight } from './snapshot-sight.js'
import { wantedTables } from './snapshot-watch.js'

/** The server's deadlock of metadata locks: others rename or alter what is read, and our transaction is gone. */
const DEADLOCK = 1213

type Work<T> = (session: Session, interrupt: () => Promise<void>) => Promise<T>

interface Waiting {
  readonly table: string
  take(lane: Lane): void
  fail(error: Error): void
}

/**
 * The sessions of one run's snapshot. One reader at a time in each; who finds none free waits. A session whose moment
 * is gone leaves, and the snapshot is lost with the last of them.
 */
export class Snapshot {
  readonly opened: OpenedSnapshot
  readonly #lanes: Set<Lane>
  readonly #sight: Sight
  readonly #uncovered: UncoveredLock | null
  readonly #waiting: Waiting[] = []
  /** Tables that others wanted to alter: never read again, their rows would be of two definitions. */
  readonly #yielded = new Set<string>()
  #closed = false

  constructor(
    private readonly sessions: Sessions,
    { lanes, holder, opened, sight }: Opening,
  ) {
    this.#lanes = new Set(lanes)
    this.#uncovered = holder === null ? null : new UncoveredLock(holder, opened.locked)
    this.#sight = sight
    this.opened = opened
  }

  /**
   * Reads of `table` on one of its sessions. `work` leaves the session idle, also when it throws, or has destroyed it;
   * `interrupt` ends its statement on the server, as the signal does. Throws `schema-changed` where the table was let go
   * of, `snapshot-lost` where no session is left.
   */
  async use<T>(table: string, signal: AbortSignal, work: Work<T>): Promise<T> {
    const lane = await this.#take(table, signal)
    lane.read.add(table)
    const interrupts: Promise<void>[] = []
    const interrupt = async (): Promise<void> => {
      if (interrupts.length === 0) interrupts.push(this.#interrupt(lane))
      await interrupts[0]
    }
    const stop = (): void => void interrupt()
    signal.addEventListener('abort', stop, { once: true })
    let isIdle = false
    try {
      const working = work(lane.session, interrupt).finally(() => (isIdle = true))
      return await untilAborted(working, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (lane.yielded && !lane.wanted.has(table)) throw madeWay(table, error)
      if (lane.yielded || this.#isAltered(error)) {
        this.#yielded.add(table)
        throw altered(table, error)
      }
      const failure = this.sessions.failure(error, table)
      // Another session may try again; that there is none left is what has to be said.
      if (!lane.isOpen && this.#others(lane) === 0) throw lost(failure)
      throw failure
    } finally {
      signal.removeEventListener('abort', stop)
      // A KILL QUERY that is still on its way would end the next statement.
      await Promise.all(interrupts)
      if (!isIdle) lane.end()
      await this.#giveBack(lane)
    }
  }

  /** Lets go of what was read, where that takes the session's end; and of what others wait for, whatever it takes. */
  async keep(read: ReadonlySet<string>, unlock: boolean): Promise<SnapshotState> {
    this.#endRead(read)
    const released = this.#uncovered?.keep(read, unlock) ?? []
    await this.#yieldToOthers(read)
    for (const lane of this.#lanes) if (!lane.busy && !lane.isOpen) this.#drop(lane)
    return { sessions: this.#lanes.size, yielded: [...this.#yielded], released }
  }

  /** Ends all sessions; who still reads in one fails with `snapshot-lost`. */
  close(): void {
    this.#closed = true
    this.#uncovered?.end()
    for (const lane of this.#lanes) lane.end()
    this.#lanes.clear()
    for (const one of this.#waiting.splice(0)) one.fail(lost())
  }

  #take(table: string, signal: AbortSignal): Promise<Lane> {
    signal.throwIfAborted()
    if (this.#closed || this.#lanes.size === 0) throw lost()
    if (this.#yielded.has(table)) throw altered(table)
    const lane = this.#choose(table)
    if (lane !== null) {
      lane.busy = true
      return Promise.resolve(lane)
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(one)
        if (at >= 0) this.#waiting.splice(at, 1)
        reject(signal.reason as Error)
      }
      const one: Waiting = {
        table,
        take: (lane) => (signal.removeEventListener('abort', leave), resolve(lane)),
        fail: (error) => (signal.removeEventListener('abort', leave), reject(error)),
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(one)
    })
  }

  /** One that has the table's metadata lock already, else the one that has the fewest. */
  #choose(table: string): Lane | null {
    const free = [...this.#lanes].filter((lane) => !lane.busy && !lane.yielded && lane.isOpen)
    const known = free.find((lane) => lane.read.has(table))
    return known ?? free.sort((a, b) => a.read.size - b.read.size)[0] ?? null
  }

  async #giveBack(lane: Lane): Promise<void> {
    const stands = !lane.yielded && !this.#closed && (await lane.letGo())
    lane.busy = false
    if (!stands) this.#drop(lane)
    while (this.#waiting.length > 0) {
      const free = this.#choose(this.#waiting[0]?.table ?? '')
      if (free === null) return
      free.busy = true
      this.#waiting.shift()?.take(free)
    }
  }

  #drop(lane: Lane): void {
    lane.end()
    this.#lanes.delete(lane)
    if (this.#lanes.size === 0) for (const one of this.#waiting.splice(0)) one.fail(lost())
  }

  #others = (lane: Lane): number => [...this.#lanes].filter((one) => one !== lane && one.isOpen).length

  /** Sessions with nothing but tables that are read end with the last of them, as long as enough are left. */
  #endRead(read: ReadonlySet<string>): void {
    for (const lane of this.#lanes) {
      if (this.#lanes.size <= this.opened.sessions) return
      if (!lane.busy && lane.read.size > 0 && [...lane.read].every((table) => read.has(table))) this.#drop(lane)
    }
  }

  async #yieldToOthers(read: ReadonlySet<string>): Promise<void> {
    const held = new Set([...this.#lanes].flatMap((lane) => [...lane.read]))
    if (held.size === 0) return
    const { address } = this.sessions
    const wanted = await this.sessions.withSession(async (session) =>
      wantedTables(await readProcesses(session, this.#sight), held, address.database),
    )
    for (const table of wanted) if (!read.has(table)) this.#yielded.add(table)
    for (const lane of this.#lanes) {
      const held = [...lane.read].filter((table) => wanted.has(table))
      if (held.length === 0) continue
      for (const table of held) lane.wanted.add(table)
      lane.yielded = true
      if (lane.busy) await this.#kill(lane)
      else this.#drop(lane)
    }
  }

  async #interrupt({ session }: Lane): Promise<void> {
    await this.sessions.withSession((other) => queryText(other.raw, `KILL QUERY ${session.threadId}`)).catch(() => {})
  }

  /** A server that sends rows, or scans, does not notice that its client is gone. */
  async #kill({ session }: Lane): Promise<void> {
    await this.sessions.withSession((other) => queryText(other.raw, `KILL ${session.threadId}`)).catch(() => {})
    discard(session.raw)
  }

  #isAltered = (error: unknown): boolean => (error as { readonly errno?: number }).errno === DEADLOCK
}

/** Nobody touched this table: another session of the snapshot reads it again. */
const madeWay = (table: string, cause: unknown): Failure =>
  new Failure(
    'source-conflict',
    'A session of the snapshot ended to make way for DDL on another table that it had read.',
    { table, remedy: 'Nothing: the rows are read again in another session of the same moment.' },
    { cause },
  )

const altered = (table: string, cause?: unknown): Failure =>
  new Failure(
    'schema-changed',
    'Somebody altered the table on the source while it was read: the snapshot made way, and the rest of its rows was not read.',
    { table, remedy: 'Apply the config again (`nightferry run FILE` does), then run.' },
    { cause },
  )

export const lost = (cause?: unknown): Failure =>
  new Failure(
    'snapshot-lost',
    'The snapshot is lost: this process holds no session of it.',
    { remedy: 'The run goes on as consistency.on_lost says.' },
    { cause },
  )
