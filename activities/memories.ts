import { Failure } from '../core/failure.js'
import type { Fitness, Waiver } from '../core/fitness.js'
import { MEMORY_DATABASE, type MemoryPort } from '../core/memory.js'
import type { Ports } from '../core/ports.js'

/** Where a migration's memory may lie: where it does depends on how its runs are built, which may have changed. */
export async function memoriesOf(
  { memory }: Pick<Ports, 'memory'>,
  migration: string,
  { connection, database }: { readonly connection: string; readonly database: string | null },
): Promise<MemoryPort[]> {
  const places = database === MEMORY_DATABASE ? [database] : [MEMORY_DATABASE, database]
  return await Promise.all(places.map(async (place) => await memory(connection, place, migration)))
}

/**
 * The first answer that is one. A memory that does not answer (its database is closed to this account, or made by newer
 * code) matters only where no other one does: then its Failure is thrown.
 */
export async function askMemories<T>(
  memories: readonly MemoryPort[],
  ask: (memory: MemoryPort) => Promise<T | null>,
): Promise<T | null> {
  let failed: Failure | null = null
  for (const memory of memories) {
    try {
      const answer = await ask(memory)
      if (answer !== null) return answer
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failed ??= error
    }
  }
  if (failed !== null) throw failed
  return null
}

/** As it was found last; null: it never was asked. Throws where no memory answers. */
export async function fitnessOf(memories: readonly MemoryPort[]): Promise<Fitness | null> {
  const found = await answersOf(memories, async (memory) => await memory.fitness())
  return found.reduce((newest, one) => (newest === null || (one !== null && newest.at < one.at) ? one : newest), null)
}

/** The latest of each check, also those that have expired. Throws where no memory answers. */
export async function waiversOf(memories: readonly MemoryPort[]): Promise<Waiver[]> {
  const latest = new Map<string, Waiver>()
  for (const one of (await answersOf(memories, async (memory) => await memory.waivers())).flat()) {
    const other = latest.get(one.check)
    if (other === undefined || other.at < one.at) latest.set(one.check, one)
  }
  return [...latest.values()]
}

/** Of all that answer: what was built aside may be built in place since, and each has what was said in its time. */
async function answersOf<T>(memories: readonly MemoryPort[], ask: (memory: MemoryPort) => Promise<T>): Promise<T[]> {
  const all = await Promise.allSettled(memories.map(ask))
  const failed = all.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const unforeseen = failed.find((error) => !(error instanceof Failure))
  if (unforeseen !== undefined || failed.length === all.length) throw unforeseen ?? failed[0]
  return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
}
