import type { GenerationsPort } from '../../../core/generation.js'
import { MEMORY_DATABASE } from '../../../core/memory.js'
import { aboutConnection } from '../connect.js'
import { toFailure } from '../errors.js'
import { ident } from '../quote.js'
import { parseUrl } from '../url.js'
import { abilityOf } from './ability.js'
import { asCopy, copy, dropCopies } from './copies.js'
import { createGeneration } from './create.js'
import { Databases } from './databases.js'
import { dropGeneration } from './drop.js'
import { carryOver } from './first.js'
import { inTurn, onServer, type Place, type Session } from './place.js'
import { publish } from './publish.js'
import { settleAll } from './settle.js'
import { spaceFor } from './space.js'

/**
 * Databases that runs of a migration build aside and publish as `published` (null: the one of the URL). Throws
 * `connection-unknown` for a URL that it cannot read; connects when it is used, and holds no session in between.
 */
export function openGenerations(
  url: string,
  connection: string,
  published: string | null,
  migration: string,
  watch: Place['watch'] = () => {},
  memory = MEMORY_DATABASE,
): GenerationsPort {
  const parsed = parseUrl(url, connection)
  const address = published === null ? parsed : { ...parsed, database: published }
  const about = aboutConnection(address, connection)
  const place: Place = { address, connection, published: address.database, migration, memory, about, watch }
  const port: Omit<GenerationsPort, 'published'> = {
    ability: () => abilityOf(place),
    create: (run, first) => createGeneration(place, run, first),
    carryOver: (run, first) => carryOver(place, run, first),
    locate: async (run) => (await read(place)).generation(run)?.name ?? null,
    list: async () => generationsOf(await read(place)),
    publish: (request) => publish(place, request),
    settle: () => inTurn(place, (session) => settleAll(session, place)),
    release: () => inTurn(place, (session) => release(session, place)),
    drop: (run) => dropGeneration(place, run),
    copies: async () => (await read(place)).copies.filter(({ mark }) => !mark.gone && !mark.into).map(asCopy),
    copy: (run, name, keep) => copy(place, run, name, keep),
    dropCopy: (name) => dropCopies(place, name),
    space: (need) => spaceFor(place, need),
  }
  return failing(port, place)
}

async function release(session: Session, place: Place): Promise<void> {
  const { published } = await Databases.read(session, place)
  if (published?.mark) await session.run(`COMMENT ON DATABASE ${ident(published.name)} IS NULL`)
}

const read = (place: Place): Promise<Databases> => onServer(place, (session) => Databases.read(session, place))

/** Newest first. */
const generationsOf = (databases: Databases): Awaited<ReturnType<GenerationsPort['list']>> =>
  databases.generations
    .map((one) => ({
      ...{ run: one.mark.run, database: one.name, published: databases.isPublished(one) },
      ...{ since: one.mark.since, bytes: one.bytes },
    }))
    .toSorted((one, other) => (one.run < other.run ? 1 : -1))

function failing(port: Omit<GenerationsPort, 'published'>, place: Place): GenerationsPort {
  const methods = Object.entries(port).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (method as (...args: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        throw toFailure(error, { ...place.about, doing: `database ${place.published}` })
      }
    },
  ])
  return { ...Object.fromEntries(methods), published: place.published } as GenerationsPort
}
