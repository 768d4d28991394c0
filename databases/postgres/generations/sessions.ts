import { Failure } from '../../../core/failure.js'
import type { Published } from '../../../core/generation.js'
import { codeOf } from '../errors.js'
import { ident } from '../quote.js'
import type { Place, Session } from './place.js'

export type Ended = Published['ended'][number]

interface Present extends Ended {
  /** Null: a prepared transaction, which has no session. */
  readonly pid: number | null
  /** May this account end it? */
  readonly endable: boolean
}

/**
 * As pg_terminate_backend judges it. A background worker without an account is the superuser's. Of other accounts' sessions
 * the server may show no kind and no address; of workers without an account and a kind it ends those that it can itself.
 */
const PRESENT = `
  SELECT a.pid, coalesce(a.usename, a.backend_type) AS "user", coalesce(a.application_name, '') AS application,
    coalesce(host(a.client_addr), CASE WHEN a.backend_type IS NULL THEN '' ELSE 'local' END) AS client,
    me.rolsuper OR (NOT coalesce(r.rolsuper, true)
      AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))) AS endable
  FROM pg_stat_activity a JOIN pg_roles me ON me.rolname = current_user LEFT JOIN pg_roles r ON r.oid = a.usesysid
  WHERE a.datid = $1::text::oid AND a.pid <> pg_backend_pid() AND coalesce(a.backend_type, '') NOT IN ('autovacuum worker', 'parallel worker')
    AND (a.usesysid IS NOT NULL OR a.backend_type IS NOT NULL)
  UNION ALL
  SELECT NULL, p.owner, 'prepared transaction', 'local', false
  FROM pg_prepared_xacts p JOIN pg_database d ON d.datname = p.database WHERE d.oid = $1::text::oid`

/** Readers wait meanwhile: the first looks are close together. 4 s in all. */
const PAUSES = [5, 10, 20, 40, ...Array.from({ length: 39 }, () => 100)]

const present = (session: Session, oid: string): Promise<Present[]> => session.rows<Present & object>(PRESENT, [oid])

/** Who is there that this account could not send away: asked before a database is closed, so that it stays open. */
export async function refuseUnendable(session: Session, place: Place, oid: string, name: string): Promise<void> {
  let left: Present[] = []
  for (let tried = 0; tried < 10; tried++) {
    left = (await present(session, oid)).filter((one) => !one.endable)
    if (left.length === 0) return
    await pause(100)
  }
  throw inTheWay(left, place, name)
}

/**
 * Ends all sessions of a database that takes no new ones, our own as well, and waits until the server has let them go.
 * Throws `target-privilege`, or `target-conflict`, with who is left.
 */
export async function endSessions(session: Session, place: Place, oid: string, name: string): Promise<Ended[]> {
  const ended = new Map<number, Ended>()
  for (let tried = 0; ; tried++) {
    const found = await present(session, oid)
    if (found.length === 0) return [...ended.values()]
    if (tried === PAUSES.length) throw inTheWay(found, place, name)
    for (const one of found) if (one.pid !== null && one.endable) await end(session, one.pid, one, ended)
    await pause(PAUSES[tried]!)
  }
}

async function end(session: Session, pid: number, one: Ended, ended: Map<number, Ended>): Promise<void> {
  try {
    await session.run(`SELECT pg_terminate_backend(${pid})`)
    ended.set(pid, { user: one.user, application: one.application, client: one.client })
  } catch (error) {
    // Somebody took a privilege away, or the session became the superuser's: it shows as left.
    if (codeOf(error) !== '42501') throw error
  }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

function inTheWay(left: readonly Present[], place: Place, name: string): Failure {
  const who = left.slice(0, 5).map((one) => [one.user, one.application, one.client].filter((s) => s !== '').join(' '))
  const more = left.length > 5 ? ` and ${left.length - 5} more` : ''
  const forbidden = left.some((one) => !one.endable && one.pid !== null)
  return new Failure(
    forbidden ? 'target-privilege' : 'target-conflict',
    `The database ${name} is in use by sessions that ${forbidden ? `the account ${place.address.user} may not end` : 'do not end'}: ${who.join('; ')}${more}.`,
    {
      remedy: forbidden
        ? `GRANT pg_signal_backend TO ${ident(place.address.user)}; a superuser's sessions have to be closed by that person. Then publish again.`
        : 'Close them (a prepared transaction by COMMIT PREPARED or ROLLBACK PREPARED), then publish again.',
    },
  )
}
