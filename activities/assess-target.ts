import type { Config } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import type { Fitness } from '../core/fitness.js'
import { heard, type Asked } from '../core/fitness/gathered.js'
import { judgeFitness } from '../core/fitness/judge.js'
import { isPassed, withWaivers } from '../core/fitness/waivers.js'
import type { StoredVersion } from '../core/ledger.js'
import type { MemoryPort } from '../core/memory.js'
import { memoryOf, type Place } from '../core/place.js'
import { asker, type Ask } from './asking.js'
import { gatherFitness, type Assessed } from './gather-fitness.js'
import { hashOf } from './hash.js'
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
 * applied also in the memory, unless a file asks that says something else. Changes nothing on the servers. What cannot be
 * asked is unknown, and no error; a person's question runs `target.restore_test` as well, a run's end takes what is kept of
 * it. `blocking`: checks that are neither green nor waived.
 */
export const assessTarget = (tools: ControlTools) =>
  step(tools, 'assessTarget', async (input: AssessInput, { signal }): Promise<Inspected> => {
    const ask = asker(tools, signal)
    const { applied, ...found } = await assessedBy(tools, input, ask)
    const { migration } = found.config
    const memories = async (): Promise<MemoryPort[]> => await memoriesOf(tools.ports, migration, readBy(found.home))
    const before = await ask('what was found last', async () => await fitnessOf(await memories()))
    const assessed: Assessed = {
      ...{ ...found, restore: 'run' in input ? 'kept' : 'run' },
      before: before.told ? before.facts && heard(before.facts) : before,
      tables: applied?.plan.tables.map(({ target }) => target) ?? null,
    }
    const gathered = await gatherFitness(tools, assessed, signal)
    const { at, server, restore } = gathered
    const waivers = await ask('waivers', async () => await waiversOf(await memories()))
    const fitness: Fitness = {
      ...{ format: 1, migration, at, server: server.told ? server.facts.product : null },
      checks: withWaivers(judgeFitness(gathered), waivers.told ? waivers.facts : [], at),
      ...(restore.told && { restoreTest: restore.facts }),
    }
    if (applied !== null) await ask('the memory', () => keep(tools, input, found.home, fitness))
    return { ref: tools.kept.keep(fitness), blocking: fitness.checks.filter((check) => !isPassed(check)).length }
  })

type Found = Pick<Assessed, 'config' | 'home'> & { readonly applied: StoredVersion | null }

async function assessedBy(tools: Tools, input: AssessInput, ask: Ask): Promise<Found> {
  const { ports } = tools
  if ('run' in input) {
    const site = await ask("the run's config", () => tools.plans.siteOf({ ...input.run, run: '' }))
    if (!site.told) throw new Failure('target-unreachable', site.why, { remedy: site.remedy })
    const { stored } = site.facts
    const { connection, database, published } = input.run.target
    return {
      config: stored.config,
      home: { connection, database: published ?? database, ...(published && { published }) },
      applied: stored,
    }
  }
  const { config } = input
  const found = async (): Promise<Place> => (await homeOf(ports, config)).place
  const home = input.home ?? factsOf(await ask('how it is built', found)) ?? inPlace(config)
  const applied = factsOf(await ask('what is applied', () => latestOf(ports, config.migration, home)))
  return { config, home, applied }
}

const latestOf = async (ports: Tools['ports'], migration: string, home: Place): Promise<StoredVersion | null> =>
  await (await versionsOf(ports, migration, home)).latest()

/** The servers say themselves why they do not answer, in each check. */
const factsOf = <T>(asked: Asked<T>): T | null => (asked.told ? asked.facts : null)

/** Where a server that does not answer leaves open how it is built. */
const inPlace = ({ target: { connection, database } }: Config): Place => ({ connection, database })

const readBy = ({ connection, database, published }: Place): Pick<Place, 'connection' | 'database'> => ({
  connection,
  database: published ?? database,
})

/**
 * Nothing where it is no longer applied: `clean` may have been there meanwhile. A file may say something else than what is
 * applied. The page of the run was written when it was remembered, and is written anew with what was found.
 */
async function keep({ ports, pages }: Tools, input: AssessInput, home: Place, fitness: Fitness): Promise<void> {
  const { migration } = fitness
  const applied = await latestOf(ports, migration, home)
  if (applied === null) return
  const isFile = 'config' in input && input.home === undefined
  if (isFile && hashOf(input.config) !== hashOf(applied.config)) return
  const { connection, database } = memoryOf(home)
  const memory = await ports.memory(connection, database, migration)
  await memory.open()
  await memory.saveFitness(fitness)
  if ('run' in input) await pages?.write(memory, migration, input.run.run)
}
