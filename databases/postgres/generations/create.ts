import { Failure } from '../../../core/failure.js'
import { generationName, type CreateSettings } from '../../../core/generation.js'
import type { RunId } from '../../../core/run.js'
import { ident, literal } from '../quote.js'
import { carryContents } from './carry.js'
import { Databases, setOpen, writeMark, type Database } from './databases.js'
import { addExtensions, readExtensions } from './extensions.js'
import { rehearseRights } from './first.js'
import type { GenerationMark } from './mark.js'
import { readContents } from './objects.js'
import { atOnce, inDatabase, inTurn, rehearse, type Place, type Session } from './place.js'

/** See GenerationsPort.create. It belongs to this account until it is published, so that nobody else gets in. */
export async function createGeneration(place: Place, run: RunId, first: CreateSettings): Promise<string> {
  const { name, model } = await inTurn(place, async (session) => {
    const databases = await Databases.read(session, place)
    const found = databases.generation(run)
    if (found?.name === place.published) return { name: found.name, model: null }
    if (!found) {
      await requireOwner(session, place, first.owner)
      await make(session, place, run, first, databases.published)
    }
    // Hours before it is published: what would keep it from that is said now, as far as it can be.
    const fresh = await Databases.read(session, place)
    const made = fresh.require(run)
    await rehearseRights(session, fresh, made, fresh.published)
    return { name: made.name, model: fresh.published }
  })
  if (model) {
    const [extensions, contents] = await inDatabase(place, model.name, async (session) => [
      await readExtensions(session),
      await readContents(session),
    ])
    await inDatabase(place, name, async (session) => {
      await addExtensions(session, place, extensions)
      await rehearse(session, () => carryContents(session, contents))
    })
  }
  return name
}

async function make(
  session: Session,
  place: Place,
  run: RunId,
  first: CreateSettings,
  model: Database | null,
): Promise<void> {
  const name = generationName(place.published, run)
  if (!(await isLeft(session, place, name))) {
    const more = await settings(session, first, model)
    await session.run(
      `CREATE DATABASE ${ident(name)} TEMPLATE template0 ENCODING 'UTF8'${more} ALLOW_CONNECTIONS false`,
    )
  }
  await atOnce(session, async () => {
    await session.run(`REVOKE ALL ON DATABASE ${ident(name)} FROM PUBLIC`)
    const mark: GenerationMark = {
      ...{ is: 'generation', migration: place.migration, published: place.published, run, since: null, making: null },
      ...{ into: null, first: model ? null : { owner: first.owner, entries: null } },
    }
    await writeMark(session, name, mark)
    await setOpen(session, name, true)
  })
}

/**
 * A death between CREATE and mark leaves this account a database that takes no connections and has no privileges and no
 * mark: nobody can have put anything into it. Any other database of that name is somebody's.
 */
async function isLeft(session: Session, place: Place, name: string): Promise<boolean> {
  const [found] = await session.rows<{ left: boolean }>(
    `SELECT NOT datallowconn AND datacl IS NULL AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user)
       AND shobj_description(oid, 'pg_database') IS NULL AS left FROM pg_database WHERE datname = $1`,
    [name],
  )
  if (found?.left === false)
    throw new Failure('refused', `There is a database ${name} that this migration (${place.migration}) did not make.`, {
      remedy: 'Rename it or drop it, or give the migration another target database.',
    })
  return found !== undefined
}

async function requireOwner(session: Session, place: Place, owner: string | null): Promise<void> {
  if (owner === null) return
  const [found] = await session.rows<{ may: boolean }>(
    `SELECT pg_has_role(oid, 'MEMBER') AND pg_has_role(oid, 'USAGE') AS may FROM pg_roles WHERE rolname = $1`,
    [owner],
  )
  if (found?.may === true) return
  const problem = found ? `the account ${place.address.user} is no member of it` : 'there is no such role'
  throw new Failure(found ? 'target-privilege' : 'refused', `publish.create.owner is ${owner}, but ${problem}.`, {
    remedy: found ? `GRANT ${ident(owner)} TO ${ident(place.address.user)}.` : `CREATE ROLE ${ident(owner)}.`,
  })
}

/** Locale and table space of the published one, else the configured locale, else the server's. */
async function settings(session: Session, first: CreateSettings, model: Database | null): Promise<string> {
  const rows = await session.rows<{ d: Record<string, unknown>; place: string; encoding: string; version: number }>(
    `SELECT to_jsonb(d) AS d, t.spcname AS place, pg_encoding_to_char(d.encoding) AS encoding,
       current_setting('server_version_num')::int AS version
     FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.oid = $1::text::oid`,
    [model?.oid ?? '1'],
  )
  const { d, place, encoding, version } = rows[0]!
  const libc = version >= 150_000 ? ' LOCALE_PROVIDER libc' : ''
  // Naming template0's own asks for a privilege that leaving it out does not.
  const there = model === null || place === 'pg_default' ? '' : ` TABLESPACE ${ident(place)}`
  // A locale of another encoding is refused beside UTF8.
  if (model === null || encoding !== 'UTF8')
    return there + (first.locale === null ? '' : `${libc} LOCALE ${literal(first.locale)}`)
  const text = (name: string): string => literal(String(d[name]))
  const plain = ` LC_COLLATE ${text('datcollate')} LC_CTYPE ${text('datctype')}`
  const own = 'datlocale' in d ? 'datlocale' : 'daticulocale'
  if (d['datlocprovider'] === 'i') {
    const rules = typeof d['daticurules'] === 'string' ? ` ICU_RULES ${text('daticurules')}` : ''
    return `${there} LOCALE_PROVIDER icu ICU_LOCALE ${text(own)}${rules}${plain}`
  }
  if (d['datlocprovider'] === 'b') return `${there} LOCALE_PROVIDER builtin BUILTIN_LOCALE ${text(own)}${plain}`
  return there + libc + plain
}
