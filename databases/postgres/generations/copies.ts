import { Failure } from '../../../core/failure.js'
import type { GenerationCopy } from '../../../core/generation.js'
import type { RunId } from '../../../core/run.js'
import { Databases, isTaken, type Database } from './databases.js'
import { dropDatabase, ifFree } from './drop.js'
import { makeCopy } from './make.js'
import type { CopyMark } from './mark.js'
import { copyDatabase, requireCopyName } from './names.js'
import { inTurn, type Place, type Session } from './place.js'
import { settleAll, sweep } from './settle.js'
import { swapIn } from './swap.js'

/** See GenerationsPort.copy. It gets the rights of the one that it replaces, else of the published one. */
export const copy = (place: Place, run: RunId, name: string, keep: number): Promise<GenerationCopy> =>
  inTurn(place, async (session) => {
    await settleAll(session, place)
    const databases = await Databases.read(session, place)
    const generation = databases.require(run)
    if (generation.name === place.published) throw itself(place, run)
    const database = copyDatabase(place, name)
    const over = databases.named(database)
    requireCopyName(place, name, run, over)
    if (!over && (await isTaken(session, database))) throw taken(database)
    const into = { name: database, over: over?.oid ?? null, keep }
    await swapIn(session, place, await makeCopy(session, place, generation, name, into))
    await pruneCopies(session, place, name, keep)
    await sweep(session, place)
    const made = (await Databases.read(session, place)).named(database)!
    return asCopy({ ...made, mark: made.mark as CopyMark })
  })

async function pruneCopies(session: Session, place: Place, name: string, keep: number): Promise<void> {
  const { copies } = await Databases.read(session, place)
  const older = copies
    .filter(({ mark, name: database }) => mark.name === name && !mark.gone && database !== copyDatabase(place, name))
    .toSorted((one, other) => (one.mark.made < other.mark.made ? 1 : -1))
  for (const one of older.slice(Math.max(keep, 1) - 1)) await ifFree(dropDatabase(session, place, one))
}

/** All of that name. */
export const dropCopies = (place: Place, name: string): Promise<boolean> =>
  inTurn(place, async (session) => {
    const { copies } = await Databases.read(session, place)
    const found = copies.filter(({ mark }) => mark.name === name)
    for (const one of found) await dropDatabase(session, place, one)
    return found.length > 0
  })

export const asCopy = ({ mark, name: database, bytes }: Database<CopyMark>): GenerationCopy => ({
  ...{ run: mark.run, name: mark.name, database, made: mark.made, bytes },
})

const itself = (place: Place, run: RunId): Failure =>
  new Failure(
    'refused',
    `Run ${run} is itself what is published: a copy would send everybody out of ${place.published}.`,
    {
      remedy:
        'Set `copies:` in the config: from the next run on the generation stays closed, and copies are made from it.',
    },
  )

const taken = (database: string): Failure =>
  new Failure('refused', `There is a database ${database} that Nightferry did not make.`, {
    remedy: 'Choose another name for the copy, or rename that database.',
  })
