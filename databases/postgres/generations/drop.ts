import { Failure } from '../../../core/failure.js'
import type { RunId } from '../../../core/run.js'
import { codeOf } from '../errors.js'
import { ident } from '../quote.js'
import { Databases, setOpen, type Database } from './databases.js'
import type { Mark } from './mark.js'
import { inTurn, type Place, type Session } from './place.js'
import { endSessions } from './sessions.js'

/**
 * Only what carries a mark of this migration: the type says so. Ends its sessions; where somebody holds it fast it is open
 * again, and `target-privilege` or `target-conflict` says who. Repeatable.
 */
export async function dropDatabase(session: Session, place: Place, database: Database<Mark>): Promise<void> {
  const { name, oid, valid } = database
  if (valid) await setOpen(session, name, false)
  try {
    if (valid) await endSessions(session, place, oid, name)
    await session.run(`DROP DATABASE IF EXISTS ${ident(name)}`)
  } catch (error) {
    if (!(error instanceof Failure) && codeOf(error) !== '55006') throw error
    if (valid) await setOpen(session, name, true)
    throw error instanceof Failure ? error : held(name)
  }
}

const held = (name: string): Failure =>
  new Failure(
    'target-conflict',
    `The database ${name} cannot be dropped: a replication slot or a subscription of it is there.`,
    {
      remedy: 'Drop the slot or the subscription in that database.',
    },
  )

/** Tidying up after the deed, which stands: what somebody holds fast stays, and goes the next time. False: it stays. */
export async function ifFree(drop: Promise<void>): Promise<boolean> {
  try {
    await drop
    return true
  } catch (error) {
    if (error instanceof Failure && (error.kind === 'target-privilege' || error.kind === 'target-conflict'))
      return false
    throw error
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
