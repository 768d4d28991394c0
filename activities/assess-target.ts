import type { Config } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import type { Fitness } from '../core/fitness.js'
import { judgeFitness } from '../core/fitness/judge.js'
import { isPassed, withWaivers } from '../core/fitness/waivers.js'
import type { StoredVersion } from '../core/ledger.js'
import { memoryOf, type Place } from '../core/place.js'
import type { RunId } from '../core/run.js'
import { gatherFitness, type Assessed } from './gather-fitness.js'
import { homeOf } from './home.js'
import { fitnessOf, memoriesOf, waiversOf } from './memories.js'
import type { Inspected, RunRef } from './messages.js'
import { step } from './step.js'
import type { ControlTools, Tools } from './tools.js'
import { versionsOf } from './versions.js'

/** By a config, as a file or the applied version has it; or at the end of a run, by its version. */
export type AssessInput = { readonly config: Config; readonly home?: Place } | { readonly run: RunRef }

/**
 * Asks whether the target is ready for production, judges it and keeps the answer for the read API; where something is
 * applied also in the memory. Changes nothing on the servers. What cannot be asked is unknown, and no error; a person's
 * question runs `target.restore_test` as well, a run's end takes what is kept of it. `blocking`: checks that are neither
 * green nor waived.
 */
export const assessTarget = (tools: ControlTools) =>
  step(tools, 'assessTarget', async (input: AssessInput, { signal }): Promise<Inspected> => {
    const { applied, ...found } = await assessedBy(tools, input)
    const { config, home } = found
    const { migration } = config
    const memories = await memoriesOf(tools.ports, migration, readBy(home))
    const before = await orNull(() => fitnessOf(memories))
    const assessed: Assessed = {
      ...{ ...found, before, restore: 'run' in input ? 'kept' : 'run' },
      tables: applied?.plan.tables.map(({ target }) => target) ?? null,
    }
    const gathered = await gatherFitness(tools, assessed, signal)
    const { at, server, restore } = gathered
    const waivers = (await orNull(() => waiversOf(memories))) ?? []
    const fitness: Fitness = {
      ...{ format: 1, migration, at, server: server.told ? server.facts.product : null },
      checks: withWaivers(judgeFitness(gathered), waivers, at),
      ...(restore.told && { restoreTest: restore.facts }),
    }
    if (applied !== null) await orNull(() => keep(tools, home, fitness, 'run' in input ? input.run.run : null))
    return { ref: tools.kept.keep(fitness), blocking: fitness.checks.filter((check) => !isPassed(check)).length }
  })

type Found = Pick<Assessed, 'config' | 'home'> & { readonly applied: StoredVersion | null }

async function assessedBy(tools: Tools, input: AssessInput): Promise<Found> {
  const { ports } = tools
  if ('run' in input) {
    const { stored } = await tools.plans.siteOf({ ...input.run, run: '' })
    const { connection, database, published } = input.run.target
    return {
      config: stored.config,
      home: { connection, database: published ?? database, ...(published && { published }) },
      applied: stored,
    }
  }
  const { config } = input
  const home = input.home ?? (await orNull(async () => (await homeOf(ports, config)).place)) ?? inPlace(config)
  const applied = await orNull(async () => await (await versionsOf(ports, config.migration, home)).latest())
  return { config, home, applied }
}

/** Where a server that does not answer leaves open how it is built. */
const inPlace = ({ target: { connection, database } }: Config): Place => ({ connection, database })

const readBy = ({ connection, database, published }: Place): Pick<Place, 'connection' | 'database'> => ({
  connection,
  database: published ?? database,
})

/** The page of the run was written when it was remembered, and is written anew with what was found. */
async function keep({ ports, pages }: Tools, home: Place, fitness: Fitness, run: RunId | null): Promise<void> {
  const { connection, database } = memoryOf(home)
  const memory = await ports.memory(connection, database, fitness.migration)
  await memory.open()
  await memory.saveFitness(fitness)
  if (run !== null) await pages?.write(memory, fitness.migration, run)
}

/** The servers say themselves why they do not answer, in each check. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}
