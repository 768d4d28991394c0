import { ident } from '../quote.js'
import { Databases, isTaken, setOpen, writeMark, type Database } from './databases.js'
import { dropDatabase } from './drop.js'
import type { CopyMark, GenerationMark, Intent } from './mark.js'
import { passingName } from './names.js'
import { atOnce, type Place, type Session } from './place.js'
import { endSessions } from './sessions.js'

/** From here on files are copied and not written into the log, which costs two checkpoints. Before 15 there is no choice. */
const BY_FILES_BYTES = 256_000_000

/**
 * A closed copy of a generation, which is to take the intent's name. The generation takes no sessions while it lasts, and
 * those that are open (our own) are ended. What a death leaves `forgetMaking` finds.
 */
export async function makeCopy(
  session: Session,
  place: Place,
  generation: Database<GenerationMark>,
  name: string | null,
  into: Intent,
): Promise<Database<CopyMark>> {
  const making = passingName(place)
  await writeMark(session, generation.name, { ...generation.mark, making })
  const busy = { ...generation, mark: { ...generation.mark, making } }
  try {
    await setOpen(session, generation.name, false)
    await endSessions(session, place, generation.oid, generation.name)
    const strategy = await strategyFor(session, generation)
    await session.run(
      `CREATE DATABASE ${ident(making)} TEMPLATE ${ident(generation.name)}${strategy} ALLOW_CONNECTIONS false`,
    )
    await atOnce(session, async () => {
      await writeMark(session, making, copyMark(place, generation, name, into))
      await writeMark(session, generation.name, { ...generation.mark, making: null })
      await setOpen(session, generation.name, true)
    })
  } catch (error) {
    // `settle` finds what cannot be done now.
    await forgetMaking(session, place, busy).catch(() => {})
    throw error
  }
  const made = (await Databases.read(session, place)).named(making)!
  return { ...made, mark: made.mark as CopyMark }
}

const copyMark = (
  { migration, published }: Place,
  { mark: { run } }: Database<GenerationMark>,
  name: string | null,
  into: Intent | null,
): CopyMark => ({ is: 'copy', migration, published, run, into, name, made: new Date().toISOString(), gone: false })

/** A name of that kind is nobody else's: what has it was being made from this generation. Repeatable. */
export async function forgetMaking(
  session: Session,
  place: Place,
  generation: Database<GenerationMark>,
): Promise<void> {
  const { making } = generation.mark
  if (making !== null && (await isTaken(session, making))) {
    await writeMark(session, making, { ...copyMark(place, generation, null, null), gone: true })
    const left = (await Databases.read(session, place)).named(making)!
    await dropDatabase(session, place, { ...left, mark: left.mark as CopyMark })
  }
  await atOnce(session, async () => {
    await writeMark(session, generation.name, { ...generation.mark, making: null })
    await setOpen(session, generation.name, true)
  })
}

async function strategyFor(session: Session, generation: Database): Promise<string> {
  const [{ chooses } = { chooses: false }] = await session.rows<{ chooses: boolean }>(
    `SELECT current_setting('server_version_num')::int >= 150000 AS chooses`,
  )
  return chooses && generation.bytes > BY_FILES_BYTES ? ' STRATEGY FILE_COPY' : ''
}
