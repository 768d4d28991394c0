import { askMemories, memoriesOf } from '../activities/memories.js'
import { Failure } from '../core/failure.js'
import type { Place } from '../core/place.js'
import type { Ports } from '../core/ports.js'

const ASKING_MS = 5000

/** Asks sources of migrations whether anybody can write there; null: it cannot be told now. */
export function fencesOf(ports: Ports): (migration: string, place: Place, version: number) => Promise<boolean | null> {
  const sources = new Map<string, { readonly version: number; readonly connection: string }>()
  return async (migration, place, version) => {
    try {
      const known = sources.get(migration)
      const connection = known?.version === version ? known.connection : await sourceOf(ports, migration, place)
      if (connection === null) return null
      sources.set(migration, { version, connection })
      const source = await ports.source(connection)
      // Perhaps a replica, which must not look like a fence for ever.
      return (await source.readOnly(AbortSignal.timeout(ASKING_MS))) ?? false
    } catch (error) {
      // This worker has no URL of the source, or the source is away.
      if (error instanceof Failure) return null
      throw error
    }
  }
}

/** The name of its connection, as the latest version has it. */
async function sourceOf(ports: Ports, migration: string, place: Place): Promise<string | null> {
  const memories = await memoriesOf(ports, migration, place)
  const remembered = await askMemories(memories, async (memory) => (await memory.versions(1))[0] ?? null)
  if (remembered !== null) return remembered.config.source.connection
  const { ledger } = await ports.target(place.connection, place.database)
  const [latest] = await ledger.versions(1)
  return latest?.config.source.connection ?? null
}
