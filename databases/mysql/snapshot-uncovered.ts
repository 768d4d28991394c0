import { discard, isUsable, type Session } from './connect.js'
import { literal, queryText } from './query.js'
import type { Sessions } from './sessions.js'

/** Those of these tables whose engine keeps no old versions of rows: MyISAM, MEMORY, ARCHIVE, Aria, ... */
export async function uncoveredTables(sessions: Sessions, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return []
  const rows = await sessions.query(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND engine <> 'InnoDB' AND table_name IN (${tables.map(literal).join(', ')}) ORDER BY 1`,
  )
  return rows.map((row) => row.name ?? '')
}

/** A server whose client vanished ends the sessions that hold locks by itself, when it has heard nothing for so long. */
export const SILENT_SECONDS = 30

/**
 * The session that keeps writers off tables that no snapshot covers, until they are read. It speaks each time that it is
 * looked after; where it got no answer for too long, or was ended, nobody knows who wrote since.
 */
export class UncoveredLock {
  #session: Session | null
  #heard = Date.now()
  #isAsking = false
  #released: readonly string[] = []

  constructor(
    session: Session,
    private readonly tables: readonly string[],
  ) {
    this.#session = session
  }

  /** The tables whose lock ended before they were `read`, now or earlier. */
  keep(read: ReadonlySet<string>, unlock: boolean): readonly string[] {
    if (this.#session === null) return this.#released
    const unread = this.tables.filter((table) => !read.has(table))
    if (unread.length > 0 && !unlock && this.#isHeld(this.#session)) {
      this.#ask(this.#session)
      return []
    }
    this.end()
    return (this.#released = unread)
  }

  end(): void {
    if (this.#session !== null) discard(this.#session.raw)
    this.#session = null
  }

  #isHeld = (session: Session): boolean => isUsable(session) && Date.now() - this.#heard < SILENT_SECONDS * 1000

  /** Nobody waits for the answer: a server that hangs must not keep the other sessions from being looked after. */
  #ask({ raw }: Session): void {
    if (this.#isAsking) return
    this.#isAsking = true
    queryText(raw, 'DO 0')
      .then(
        () => (this.#heard = Date.now()),
        () => discard(raw),
      )
      .finally(() => (this.#isAsking = false))
      .catch(() => {})
  }
}
