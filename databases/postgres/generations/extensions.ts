import { Failure } from '../../../core/failure.js'
import { codeOf } from '../errors.js'
import { ident, literal } from '../quote.js'
import type { Place, Session } from './place.js'

export interface Extension {
  readonly name: string
  readonly schema: string
  readonly version: string
}

/** In the order in which they were made: one that needs another comes behind it. */
export const readExtensions = (session: Session): Promise<Extension[]> =>
  session.rows<Extension & object>(
    `SELECT e.extname AS name, n.nspname AS schema, e.extversion AS version
     FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid`,
  )

/** The same versions; the server's own version where it no longer offers the old one. Repeatable. */
export async function addExtensions(session: Session, place: Place, wanted: readonly Extension[]): Promise<void> {
  const there = new Set((await readExtensions(session)).map((one) => one.name))
  for (const one of wanted) if (!there.has(one.name)) await add(session, place, one)
}

async function add(session: Session, place: Place, { name, schema, version }: Extension): Promise<void> {
  const [offered] = await session.rows('SELECT FROM pg_available_extension_versions WHERE name = $1 AND version = $2', [
    name,
    version,
  ])
  const exact = offered ? ` VERSION ${literal(version)}` : ''
  try {
    if (schema !== 'pg_catalog') await session.run(`CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`)
    await session.run(`CREATE EXTENSION IF NOT EXISTS ${ident(name)} WITH SCHEMA ${ident(schema)}${exact}`)
  } catch (error) {
    if (codeOf(error) !== '42501' && codeOf(error) !== '0A000') throw error
    const may = codeOf(error) === '42501'
    throw new Failure(
      may ? 'target-privilege' : 'refused',
      `${place.published} has the extension ${name}, which ${may ? `the account ${place.address.user} may not make` : 'this server does not offer'}.`,
      {
        remedy: may
          ? `Connect with an account that may make it (some need a superuser), or drop the extension from ${place.published}.`
          : `Install it on the server, or drop it from ${place.published}.`,
      },
    )
  }
}
