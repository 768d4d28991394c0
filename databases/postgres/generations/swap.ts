import { Failure } from '../../../core/failure.js'
import { ident } from '../quote.js'
import { Databases, setOpen, writeMark, type Database } from './databases.js'
import { dropDatabase } from './drop.js'
import { rehearseRights } from './first.js'
import type { Intent, Mark } from './mark.js'
import { asideName } from './names.js'
import { atOnce, type Place, type Session } from './place.js'
import { giveRights, readRights, rightsFor } from './rights.js'
import { endSessions, refuseUnendable, type Ended } from './sessions.js'

export interface Swapped {
  /** What had the name before, as it was then, and its name now. */
  readonly over: Database | null
  readonly aside: string | null
  readonly ended: readonly Ended[]
  readonly closedMs: number
}

/**
 * Gives a database the name in its mark's intent, and that name's database another one. Before this the intent was
 * written: whoever finds it after a death calls this again, or `takeBack`. Anything that fails here is taken back.
 */
export async function swapIn(session: Session, place: Place, incoming: Database<Mark>): Promise<Swapped> {
  try {
    return await swap(session, place, incoming, incoming.mark.into!)
  } catch (error) {
    // What cannot be taken back now (the server is away, this process is told to die) `settle` finds.
    await takeBack(session, place, incoming).catch(() => {})
    throw error
  }
}

async function swap(session: Session, place: Place, incoming: Database<Mark>, intent: Intent): Promise<Swapped> {
  const databases = await Databases.read(session, place)
  const over = databases.named(intent.name)
  if ((over?.oid ?? null) !== intent.over) throw replaced(intent.name)
  if (incoming.open) await setOpen(session, incoming.name, false)
  await endSessions(session, place, incoming.oid, incoming.name)
  await rehearseRights(session, databases, incoming, over)
  const goes = over?.mark?.is === 'copy' && isUseless(over.mark, incoming.mark, intent)
  const aside = over && (await asideName(session, place, incoming.mark.run, over, goes))
  if (over?.open) await refuseUnendable(session, place, over.oid, over.name)
  // From here on people wait: no lock is worth more than these.
  await session.rows(`SET lock_timeout TO '5s'`)
  const began = performance.now()
  if (over?.open) await setOpen(session, over.name, false)
  const ended = over ? await endSessions(session, place, over.oid, over.name) : []
  await rename(session, databases, incoming, over && { over, aside: aside!, goes })
  return { over, aside, ended, closedMs: Math.round(performance.now() - began) }
}

/** A published copy, since its generation is there and clean; one of the same run; one where only one is to stay. */
const isUseless = (over: Mark & { is: 'copy' }, incoming: Mark, intent: Intent): boolean =>
  over.name === null || over.run === incoming.run || intent.keep <= 1

/** One transaction: both names, all rights, the marks, and open again. */
async function rename(
  session: Session,
  databases: Databases,
  incoming: Database<Mark>,
  room: { readonly over: Database; readonly aside: string; readonly goes: boolean } | null,
): Promise<void> {
  const { name } = incoming.mark.into!
  const now = await readRights(session, incoming.oid)
  const wanted = await rightsFor(session, databases, incoming, room?.over ?? null)
  await atOnce(session, async () => {
    if (room) await makeRoom(session, room)
    await session.run(`ALTER DATABASE ${ident(incoming.name)} RENAME TO ${ident(name)}`)
    await giveRights(session, name, now, wanted)
    await noteDown(session, databases, incoming.mark, name)
    await setOpen(session, name, true)
  })
}

async function makeRoom(
  session: Session,
  { over, aside, goes }: { over: Database; aside: string; goes: boolean },
): Promise<void> {
  await session.run(`ALTER DATABASE ${ident(over.name)} RENAME TO ${ident(aside)}`)
  if (goes && over.mark?.is === 'copy') await writeMark(session, aside, { ...over.mark, gone: true })
  else await setOpen(session, aside, true)
}

async function noteDown(session: Session, databases: Databases, mark: Mark, name: string): Promise<void> {
  const [clock] = await session.rows<{ now: string }>(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
  )
  const since = clock!.now
  await writeMark(session, name, mark.is === 'copy' ? { ...mark, into: null } : { ...mark, into: null, since })
  const generation = databases.generation(mark.run)
  if (mark.is === 'copy' && mark.name === null && generation)
    await writeMark(session, generation.name, { ...generation.mark, since })
}

/** Opens what was closed and forgets the intent; a copy that was to come goes. Repeatable. */
export async function takeBack(session: Session, place: Place, incoming: Database<Mark>): Promise<void> {
  const databases = await Databases.read(session, place)
  const now = databases.withOid(incoming.oid)
  if (!now?.mark?.into) return
  const over = now.mark.into.over === null ? null : databases.withOid(now.mark.into.over)
  if (over && !over.open) await setOpen(session, over.name, true)
  const { mark } = now
  if (mark.is === 'copy') return await dropDatabase(session, place, { ...now, mark })
  await atOnce(session, async () => {
    await writeMark(session, now.name, { ...mark, into: null })
    await setOpen(session, now.name, true)
  })
}

const replaced = (name: string): Failure =>
  new Failure(
    'target-conflict',
    `Somebody changed which database is called ${name} while another one was to take its place.`,
    {
      remedy: 'It is tried again with the one that is there now.',
    },
  )
