import { copiesOf, freeSpaceOf, publishOf } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import type { Finding } from '../core/finding.js'
import type { CreateSettings, GenerationsPort } from '../core/generation.js'
import type { StoredVersion } from '../core/ledger.js'
import { memoryOf } from '../core/place.js'
import { describeBytes } from '../core/text.js'
import { generationsOf } from './home.js'
import type { RunRef } from './messages.js'
import { refuseBlocked } from './prepare-run.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface BuiltAside {
  readonly database: string
  /** For the report: what could not be known, what was left from before. */
  readonly notes: readonly string[]
}

/**
 * Makes the empty database that a run is to fill, with its version in a ledger of its own. Before: finishes what a killed
 * publish left, drops generations that never became what people read, and refuses a run that would not fit, with numbers. Repeatable.
 */
export const buildAside = (tools: Tools) =>
  step(tools, 'buildAside', async ({ ref }: { readonly ref: RunRef }, { signal }): Promise<BuiltAside> => {
    const generations = await generationsOf(tools, ref)
    const { config, plan } = await versionOf(tools, ref)
    const settled = await generations.settle()
    const { rebuild, findings } = await generations.ability()
    refuseBlocked(rebuild ? findings : findings.map((one) => ({ ...one, severity: 'blocking' as const })))
    for (const old of await generations.list()) {
      signal.throwIfAborted()
      if (old.since === null && !old.published && old.run !== ref.run) await generations.drop(old.run)
    }
    const bytes = plan.tables.reduce((sum, { estimatedBytes }) => sum + estimatedBytes, 0)
    const space = await judgeSpace(tools, generations, config, bytes, signal)
    refuseBlocked(space)
    const database = await generations.create(ref.run, await firstSettings(tools, config))
    await storeVersion(tools, { ...ref, target: { ...ref.target, database } })
    return {
      database,
      notes: [
        ...(settled === null ? [] : [`A publish of run ${settled.run} that was cut off was finished first.`]),
        ...space.filter(({ severity }) => severity !== 'blocking').map(({ message }) => message),
      ],
    }
  })

async function versionOf({ ports }: Tools, { migration, version, target }: RunRef): Promise<StoredVersion> {
  const place = memoryOf(target)
  return await (await ports.memory(place.connection, place.database, migration)).version(version)
}

/** Writes the version of a run, which the memory has, into the ledger of what it builds. Repeatable. */
export async function storeVersion(tools: Tools, ref: RunRef): Promise<void> {
  const { ledger } = await tools.ports.target(ref.target.connection, ref.target.database)
  await ledger.open(ref.migration)
  await ledger.saveVersion(await versionOf(tools, ref))
}

/** What the first generation gets: the files are read from where this worker finds its hooks' files. */
export async function firstSettings({ hooks }: Tools, config: Config): Promise<CreateSettings> {
  const { owner, locale, grants } = publishOf(config).create
  if (grants.length > 0 && hooks === undefined)
    throw new Failure('internal', 'This worker reads no files', { remedy: 'Start the control worker of this release.' })
  return { owner, locale, grants: await Promise.all(grants.map(async (file) => await hooks!.readFile(file))) }
}

/** Bytes of a table in PostgreSQL and its indexes, to those in the source: what nights measured, rounded up. */
const GROWS = 1.5

async function judgeSpace(
  { hooks }: Tools,
  generations: GenerationsPort,
  config: Config,
  estimated: number,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const copies = Object.keys(copiesOf(config)).length
  const [list, made] = [await generations.list(), await generations.copies()]
  const known = [...list, ...made].map(({ bytes }) => bytes)
  const bytes = Math.round(Math.max(estimated * GROWS, ...known))
  // The generation itself; where there are copies, the published one and each of them beside it.
  const databases = copies === 0 ? 1 : 2 + copies
  const { need, free, findings } = await generations.space({ bytes, databases })
  const command = freeSpaceOf(config)
  if (free !== null || command === null || hooks === undefined) return findings
  const told = await hooks.freeSpace(command, signal)
  const others = findings.filter(({ name }) => name !== 'free-space-unknown')
  const about = { subject: config.target.connection, severity: told === null ? 'warning' : 'blocking' } as const
  if (told === null)
    return [
      ...others,
      {
        ...{ ...about, name: 'free-space-unknown', remedy: 'Run it by hand as the worker does, and see what it says.' },
        message: `A run needs ${describeBytes(need)}; target.free_space did not say how much is free.`,
      },
    ]
  if (told >= need) return others
  return [
    ...others,
    {
      ...{ ...about, name: 'free-space-short' },
      message: `A run needs ${describeBytes(need)}, and ${describeBytes(told)} are free, as target.free_space says.`,
      remedy: 'Free disk space, lower publish.keep or the number of copies, or drop old ones.',
    },
  ]
}
