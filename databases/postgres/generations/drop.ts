import { Failure } from '../../../core/failure.js'
import type { RunId } from '../../../core/run.js'
import { ident } from '../quote.js'
import { Databases, setOpen, type Database } from './databases.js'
import type { Mark } from './mark.js'
import { inTurn, type Place, type Session } from './place.js'
import { endSessions } from './sessions.js'

/** Only what carries a mark of this migration: the type says so. Ends its sessions. Repeatable. */
export async function dropDatabase(session: Session, place: Place, database: Database<Mark>): Promise<void> {
  if (database.valid) {
    await setOpen(session, database.name, false)
    await endSessions(session, place, database.oid, database.name)
  }
  await session.run(`DROP DATABASE IF EXISTS ${ident(database.name)}`)
}

/** Tidying up after the deed: what somebody holds fast stays, and goes the next time. */
export async function dropIfFree(session: Session, place: Place, database: Database<Mark>): Promise<boolean> {
  try {
    await dropDatabase(session, place, database)
    return true
  } catch (error) {
    if (!(error instanceof Failure) || (error.kind !== 'target-privilege' && error.kind !== 'target-conflict'))
      throw error
    await setOpen(session, database.name, true)
    return false
  }
}

/** See GenerationsPort.drop. */
export const dropGeneration = (place: Place, run: RunId): Promise<void> =>
  inTurn(place, async (session) => {
    const databases = await Databases.read(session, place)
    const generation = databases.generation(run)
    if (!generation) return
    if (databases.isPublished(generation))
      throw new Failure('refused', `The database of run ${run} is published as ${place.published}.`, {
        remedy: 'Publish another run first: `nightferry publish NAME --run ID`.',
      })
    await dropWithCopies(session, place, databases, generation)
  })

export async function dropWithCopies(
  session: Session,
  place: Place,
  databases: Databases,
  generation: Database<Mark>,
): Promise<void> {
  const own = databases.copies.filter(({ mark }) => mark.run === generation.mark.run && mark.name === null)
  for (const copy of own) await dropDatabase(session, place, copy)
  await dropDatabase(session, place, generation)
}
