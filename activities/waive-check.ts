import { Failure } from '../core/failure.js'
import type { Waiver } from '../core/fitness.js'
import { checkNamed, judgeWaiver } from '../core/fitness/waivers.js'
import { memoryOf, type Place } from '../core/place.js'
import { memoriesOf } from './memories.js'
import { step } from './step.js'
import type { Tools } from './tools.js'
import { versionsOf } from './versions.js'

export interface WaiveInput {
  readonly migration: string
  /** What people read. */
  readonly target: Place
  readonly check: string
  readonly by: string
  readonly why: string
  /** ISO 8601, of the update: the same in each attempt. */
  readonly at: string
  /** ISO 8601; null: the waiver is taken back. */
  readonly expires: string | null
}

/** What stands now of that check; null: none does. */
export interface Waived {
  readonly waiver: Waiver | null
}

/**
 * Keeps a person's waiver of a check of the target's fitness, or takes it back. Throws `refused` for a check that there is
 * not, no reason, a moment that is over or too far away, nothing that is applied. Repeatable: the latest counts.
 */
export const waiveCheck = (tools: Tools) =>
  step(tools, 'waiveCheck', async (input: WaiveInput): Promise<Waived> => {
    const { expires, migration, target, at, by, why } = input
    if (expires === null) {
      await lift(tools, input)
      return { waiver: null }
    }
    const waiver = judgeWaiver({ check: input.check, by, why, at, expires })
    const { connection, database } = memoryOf(target)
    // `clean` may have been there meanwhile: what it removed is not made anew.
    if ((await (await versionsOf(tools.ports, migration, target)).latest()) === null) throw gone()
    const memory = await tools.ports.memory(connection, database, migration)
    await memory.open()
    await memory.saveWaiver(waiver)
    return { waiver }
  })

const gone = (): Failure =>
  new Failure('refused', 'No version is applied any more', { remedy: 'Apply a config first: `nightferry apply FILE`.' })

/** Wherever it lies: how it is built may have changed since. */
async function lift({ ports }: Tools, { migration, target, check: name, at }: WaiveInput): Promise<void> {
  const check = checkNamed(name)
  const { connection, database, published } = target
  for (const memory of await memoriesOf(ports, migration, { connection, database: published ?? database })) {
    const waivers = await memory.waivers()
    if (waivers.some((one) => one.check === check)) await memory.removeWaiver(check, at)
  }
}
