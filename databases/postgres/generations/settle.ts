import type { Published } from '../../../core/generation.js'
import type { RunId } from '../../../core/run.js'
import { Databases } from './databases.js'
import { dropDatabase, dropWithCopies, ifFree } from './drop.js'
import { forgetMaking } from './make.js'
import type { Place, Session } from './place.js'
import { swapIn, type Swapped } from './swap.js'

/**
 * Finishes what deaths have left: a copy that was being made goes, a swap that was begun is done, or taken back where it
 * cannot be. What it published, if it did.
 */
export async function settleAll(session: Session, place: Place): Promise<Published | null> {
  let databases = await Databases.read(session, place)
  for (const generation of databases.generations)
    if (generation.mark.making !== null) await forgetMaking(session, place, generation)
  let published: Published | null = null
  databases = await Databases.read(session, place)
  for (const incoming of databases.all) {
    const { mark } = incoming
    if (!mark?.into) continue
    const swapped = await swapIn(session, place, { ...incoming, mark })
    if (mark.into.name === place.published)
      published = await publishedBy(session, place, mark.run, mark.into.keep, swapped)
  }
  await sweep(session, place)
  return published
}

/** Copies of no use. */
export async function sweep(session: Session, place: Place): Promise<void> {
  const { copies } = await Databases.read(session, place)
  for (const copy of copies) if (copy.mark.gone) await ifFree(dropDatabase(session, place, copy))
}

/** What a swap came to, once the generations that are too many are dropped. */
export async function publishedBy(
  session: Session,
  place: Place,
  run: RunId,
  keep: number,
  swapped: Swapped,
): Promise<Published> {
  const { ended, closedMs } = swapped
  const dropped = await prune(session, place, keep)
  return { run, previous: previousOf(swapped, await Databases.read(session, place)), dropped, ended, closedMs }
}

function previousOf({ over, aside }: Swapped, databases: Databases): Published['previous'] {
  if (!over || aside === null) return null
  if (over.mark?.is !== 'copy') return { run: over.mark?.run ?? null, database: aside }
  // A published copy goes: what stays of it is the generation that it was made from.
  const generation = databases.generation(over.mark.run)
  return generation && { run: over.mark.run, database: generation.name }
}

/** Of the generations that were published, `keep` stay beside the published one. Those that never were are not counted. */
export async function prune(session: Session, place: Place, keep: number): Promise<RunId[]> {
  const databases = await Databases.read(session, place)
  const previous = databases.generations
    .filter((one) => one.mark.since !== null && !databases.isPublished(one))
    .toSorted((one, other) => (one.mark.since! < other.mark.since! ? 1 : -1))
  const dropped: RunId[] = []
  for (const one of previous.slice(keep))
    if (await ifFree(dropWithCopies(session, place, databases, one))) dropped.push(one.mark.run)
  return dropped
}
