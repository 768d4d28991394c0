import { discard, isUsable, openSession, type Session } from './connect.js'
import { queryText } from './query.js'
import type { Address } from './url.js'

const SAVEPOINT = 'nightferry'

/**
 * One reading session of a snapshot. Between two reads it stands at its savepoint: rolling back to it keeps the moment,
 * and on MySQL, and on MariaDB without a binlog, lets the tables' metadata locks go. With a binlog MariaDB keeps them
 * until the transaction ends (`sticky`).
 */
export class Lane {
  busy = false
  /** Others wait for tables that this session has read: what it reads now ends without a result. */
  yielded = false
  /** Those tables. */
  readonly wanted = new Set<string>()
  /** Tables whose metadata locks it has. */
  readonly read = new Set<string>()

  private constructor(
    readonly session: Session,
    readonly isSticky: boolean,
  ) {}

  static async open(
    address: Address,
    connection: string,
    isSticky: (session: Session) => Promise<boolean>,
  ): Promise<Lane> {
    const session = await openSession(address, connection)
    try {
      return new Lane(session, await isSticky(session))
    } catch (error) {
      discard(session.raw)
      throw error
    }
  }

  /** To be called under the lock: this is the moment. READ COMMITTED would make nothing of it, so sessions are pinned. */
  async begin(): Promise<void> {
    await queryText(this.session.raw, 'START TRANSACTION WITH CONSISTENT SNAPSHOT')
  }

  /** Where it stands between two reads; once, before the first of them, and without the lock. */
  async stand(): Promise<void> {
    await queryText(this.session.raw, `SAVEPOINT ${SAVEPOINT}`)
  }

  /** Lets go of what it has read, as far as the server allows. False: its moment is gone (a deadlock, a KILL). */
  async letGo(): Promise<boolean> {
    if (!isUsable(this.session)) return false
    const back = (): Promise<unknown> => queryText(this.session.raw, `ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
    try {
      // A KILL QUERY that came too late for its statement may end this one.
      await back().catch(async (error: unknown) => {
        if ((error as { errno?: number }).errno !== 1317) throw error
        return await back()
      })
    } catch {
      return false
    }
    if (!this.isSticky) this.read.clear()
    return true
  }

  get isOpen(): boolean {
    return isUsable(this.session)
  }

  /** Ends its transaction and the session: metadata locks go. */
  end(): void {
    discard(this.session.raw)
  }
}
