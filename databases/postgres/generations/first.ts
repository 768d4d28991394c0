import type { CreateSettings } from '../../../core/generation.js'
import type { RunId } from '../../../core/run.js'
import { ident } from '../quote.js'
import { grantings } from './acl.js'
import { carryContents } from './carry.js'
import { Databases, writeMark, type Database } from './databases.js'
import type { GenerationMark } from './mark.js'
import { readContents } from './objects.js'
import { atOnce, inDatabase, inTurn, rehearse, type Place, type Session } from './place.js'
import { giveRights, perform, readRights, rightsFor, USUAL_ENTRIES } from './rights.js'

/** See GenerationsPort.carryOver. What belongs to the database itself is tried, and given when it is published. */
export const carryOver = (place: Place, run: RunId, first: CreateSettings): Promise<void> =>
  inTurn(place, async (session) => {
    const databases = await Databases.read(session, place)
    const generation = databases.require(run)
    if (generation.name === place.published) return
    if (databases.published) await carryFrom(place, databases.published, generation)
    else await runFirst(place, generation, first)
    const fresh = await Databases.read(session, place)
    await rehearseRights(session, fresh, fresh.require(run), fresh.published)
  })

/** What is in the database: objects by name, default privileges. */
export async function carryFrom(place: Place, model: Database, generation: Database): Promise<void> {
  const contents = await inDatabase(place, model.name, readContents)
  await inDatabase(place, generation.name, (session) => atOnce(session, () => carryContents(session, contents)))
}

/** Throws what giving them would throw. */
export const rehearseRights = async (
  session: Session,
  databases: Databases,
  incoming: Database,
  model: Database | null,
): Promise<void> => {
  const now = await readRights(session, incoming.oid)
  const wanted = await rightsFor(session, databases, incoming, model)
  await rehearse(session, () => giveRights(session, incoming.name, now, wanted))
}

/** psql's spelling, for a GRANT ON DATABASE: nobody knows the name under which the first generation is built. */
const DATABASE = ':"database"'

/**
 * The configured grants, as if the database were open; what they grant on the database itself is noted down for the
 * publish, and it stays closed until then.
 */
const runFirst = (place: Place, generation: Database<GenerationMark>, first: CreateSettings): Promise<void> =>
  inDatabase(place, generation.name, (session) =>
    atOnce(session, async () => {
      const { name, oid, mark } = generation
      const object = `DATABASE ${ident(name)}`
      const closed = await readRights(session, oid)
      await perform(session, grantings({ object, owner: closed.owner }, closed.entries, USUAL_ENTRIES).statements)
      await session.run('SET LOCAL search_path TO DEFAULT')
      for (const text of first.grants) await session.run(text.replaceAll(DATABASE, ident(name)))
      await session.run('RESET ROLE; SET LOCAL search_path TO pg_catalog, pg_temp')
      const { entries, owner } = await readRights(session, oid)
      await perform(session, grantings({ object, owner }, entries, closed.entries).statements)
      await writeMark(session, name, { ...mark, first: { owner: first.owner, entries } })
    }),
  )
