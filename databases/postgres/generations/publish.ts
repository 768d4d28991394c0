import { Failure } from '../../../core/failure.js'
import type { Published, PublishRequest } from '../../../core/generation.js'
import { ident } from '../quote.js'
import { contentOf } from './content.js'
import { Databases, writeMark, type Database } from './databases.js'
import { carryFrom } from './first.js'
import { makeCopy } from './make.js'
import type { GenerationMark, Intent, Mark } from './mark.js'
import { inTurn, type Place, type Session } from './place.js'
import { prune, publishedBy, settleAll, sweep } from './settle.js'
import { swapIn } from './swap.js'

/** See GenerationsPort.publish: settle, carry over, note the intent down, swap, drop what is too much. */
export const publish = (place: Place, request: PublishRequest): Promise<Published> =>
  inTurn(place, async (session) => {
    const { run, keep } = request
    const settled = await settleAll(session, place)
    const databases = await Databases.read(session, place)
    const generation = databases.require(run)
    if (databases.isPublished(generation)) {
      const before = settled?.run === run ? settled : published(databases, generation)
      return { ...before, dropped: [...before.dropped, ...(await prune(session, place, keep))] }
    }
    const over = databases.published
    if (over) {
      await requireRoom(place, over)
      await carryFrom(place, over, generation)
    }
    const intent = { name: place.published, over: over?.oid ?? null, keep }
    const swapped = await swapIn(session, place, await incoming(session, place, generation, request, intent))
    const done = await publishedBy(session, place, run, keep, swapped)
    await sweep(session, place)
    return done
  })

async function incoming(
  session: Session,
  place: Place,
  generation: Database<GenerationMark>,
  { asCopy }: PublishRequest,
  into: Intent,
): Promise<Database<Mark>> {
  if (asCopy) return await makeCopy(session, place, generation, null, into)
  const mark = { ...generation.mark, into }
  await writeMark(session, generation.name, mark)
  return { ...generation, mark }
}

/** It was published before: what was before it is the one that was published last, of those that are left. */
function published(databases: Databases, { mark }: Database<GenerationMark>): Published {
  const [last] = databases.generations
    .filter((one) => one.mark.run !== mark.run && one.mark.since !== null)
    .toSorted((one, other) => (one.mark.since! < other.mark.since! ? 1 : -1))
  const previous = last ? { run: last.mark.run, database: last.name } : null
  return { run: mark.run, previous, dropped: [], ended: [], closedMs: 0 }
}

/** Only what is ours, or is empty, makes room; and only what is open, since somebody meant it otherwise. */
async function requireRoom(place: Place, over: Database): Promise<void> {
  const problem = await whyNoRoom(place, over)
  if (problem) throw new Failure('refused', problem.message, { remedy: problem.remedy })
}

/** Null: the published name may go to a generation. */
export async function whyNoRoom(
  place: Place,
  over: Database,
): Promise<{ readonly message: string; readonly remedy: string } | null> {
  const { name } = over
  if (!over.mine)
    return {
      message: `The database ${name} belongs to ${over.owner}, and the account ${place.address.user} cannot act as that role.`,
      remedy: `GRANT ${ident(over.owner)} TO ${ident(place.address.user)}, or set publish.mode to in-place.`,
    }
  if (over.strange)
    return {
      message: `The database ${name} carries a mark of another migration, or one that cannot be read.`,
      remedy: 'Give each migration a target database of its own. The mark is the comment on the database.',
    }
  if (!over.open)
    return {
      message: `The database ${name} takes no connections, and Nightferry did not close it.`,
      remedy: `ALTER DATABASE ${ident(name)} ALLOW_CONNECTIONS true, once whoever closed it agrees.`,
    }
  if (over.mark) return null
  const content = await contentOf(place, over)
  if (content.is !== 'others') return null
  const more = content.tables.length > 5 ? ` (and ${content.tables.length - 5} more)` : ''
  return {
    message: `The database ${name} holds what Nightferry did not make: ${content.tables.slice(0, 5).join(', ')}${more}.`,
    remedy: `Move it to another database, or name another one in target.database: a generation takes the whole name.`,
  }
}
