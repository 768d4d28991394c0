import { copiesOf } from '../core/config/publish.js'
import { Failure } from '../core/failure.js'
import type { Generation, GenerationCopy, GenerationsPort } from '../core/generation.js'
import { memoryOf, type Place } from '../core/place.js'
import type { RunId } from '../core/run.js'
import { generationsOf } from './home.js'
import { refuseBlocked } from './prepare-run.js'
import { step, type Attempt } from './step.js'
import type { Tools } from './tools.js'

export interface ChangeCopyInput {
  readonly migration: string
  /** What people read. */
  readonly target: Place
  /** The applied one, whose `copies:` count. */
  readonly version: number
  /** `ci-1234`. */
  readonly name: string
  /** `look` finds as `find` does, and says null where there is none. */
  readonly what: 'make' | 'look' | 'find' | 'drop'
  /** What works in the database of a run now: no copy is made of that one. */
  readonly working: readonly { readonly run: RunId; readonly what: string }[]
}

/** A copy, as it is or was. */
export interface ShownCopy {
  readonly database: string
  /** Of which generation. */
  readonly run: RunId
  readonly bytes: number
  readonly made: string
  /** Databases of older copies of that name, which are dropped with it. */
  readonly older: readonly string[]
}

/**
 * Makes a copy of what is published, looks for one, or drops one with the older ones of its name. Repeatable: the same name
 * is replaced, and a drop of what is gone does nothing and says so (null). Only what Nightferry made is ever found.
 */
export const changeCopy = (tools: Tools) =>
  step(tools, 'changeCopy', async (input: ChangeCopyInput, { signal }): Promise<ShownCopy | null> => {
    const generations = await generationsOf(tools, input)
    const { name, what } = input
    switch (what) {
      case 'look':
        return shown(await copiesNamed(generations, name))
      case 'find':
        return await find(generations, input)
      case 'drop': {
        const found = await copiesNamed(generations, name)
        await generations.dropCopy(name)
        return shown(found)
      }
      case 'make':
        return await make(tools, generations, input, signal)
    }
  })

async function find(generations: GenerationsPort, { migration, name }: ChangeCopyInput): Promise<ShownCopy> {
  const found = shown(await copiesNamed(generations, name))
  if (found !== null) return found
  const names = new Set((await generations.copies()).flatMap((copy) => (copy.name === null ? [] : [copy.name])))
  const there = names.size === 0 ? 'There are none.' : `There are these: ${[...names].toSorted().join(', ')}.`
  throw new Failure('refused', `Nightferry made no copy ${name} of ${generations.published}`, {
    remedy: `${there} \`nightferry copy ${migration}\` lists them; what others made is never dropped.`,
  })
}

async function make(
  tools: Tools,
  generations: GenerationsPort,
  input: ChangeCopyInput,
  signal: Attempt['signal'],
): Promise<ShownCopy> {
  const { name, migration, working } = input
  const from = (await generations.list()).find(({ published }) => published)
  if (from === undefined) throw nothingPublished(migration, generations.published)
  const busy = working.find(({ run }) => run === from.run)
  if (busy !== undefined)
    throw new Failure('refused', `${busy.what} works in the database that the copy would be made from`, {
      remedy: 'Make the copy when it has ended: it would be sent out of that database.',
    })
  await refuseFull(generations, from)
  signal.throwIfAborted()
  await generations.copy(from.run, name, await keepOf(tools, input))
  return shown(await copiesNamed(generations, name))!
}

/** A generation without copies refuses by itself, with what is to be done: before that there is nothing to be measured. */
async function refuseFull(generations: GenerationsPort, { database, bytes }: Generation): Promise<void> {
  if (database === generations.published) return
  refuseBlocked((await generations.space({ bytes, databases: 1 })).findings)
}

/** As `copies:` says; a name that is not there replaces itself. */
async function keepOf({ ports }: Tools, { migration, target, version, name }: ChangeCopyInput): Promise<number> {
  const place = memoryOf(target)
  const { config } = await (await ports.memory(place.connection, place.database, migration)).version(version)
  const copies = copiesOf(config)
  return Object.hasOwn(copies, name) ? (copies[name]?.keep ?? 1) : 1
}

/** Those that are there of a name, newest first. */
export const copiesNamed = async (generations: GenerationsPort, name: string): Promise<GenerationCopy[]> =>
  (await generations.copies())
    .filter((copy) => copy.name === name)
    .toSorted((one, other) => (one.made < other.made ? 1 : -1))

function shown([newest, ...older]: readonly GenerationCopy[]): ShownCopy | null {
  if (newest === undefined) return null
  const { database, run, bytes, made } = newest
  return { database, run, bytes, made, older: older.map((one) => one.database) }
}

const nothingPublished = (migration: string, published: string): Failure =>
  new Failure('refused', `No run is published as ${published} yet: there is nothing to copy`, {
    remedy: `A green night is published by itself; \`nightferry publish ${migration}\` lists what could be.`,
  })
