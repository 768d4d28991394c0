import { fitnessOf, memoriesOf, waiversOf } from '../activities/memories.js'
import type { FitnessDocument } from '../core/api.js'
import { Failure } from '../core/failure.js'
import type { Fitness } from '../core/fitness.js'
import { waivedNow } from '../core/fitness/waivers.js'
import type { Ports } from '../core/ports.js'
import type { Where } from './run-documents.js'

/**
 * The target's fitness as it was asked last, and who waived what: a waiver that was given since counts, and one that has
 * expired does not. Nobody is asked anew. Throws where no memory answers.
 */
export async function fitnessDocument(ports: Ports, where: Where): Promise<FitnessDocument> {
  const { migration } = where
  const memories = await memoriesOf(ports, migration, where)
  const [found, waivers] = [await fitnessOf(memories), await waiversOf(memories)]
  const fitness = found === null ? null : waivedNow(found, waivers, new Date().toISOString())
  return { format: 1, migration, fitness, waivers }
}

/** For a report, which is whole without it. */
export async function fitnessKnown(ports: Ports, where: Where): Promise<Fitness | null> {
  try {
    return (await fitnessDocument(ports, where)).fitness
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}
