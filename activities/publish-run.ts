import { copiesOf, publishOf } from '../core/config/publish.js'
import type { Config } from '../core/config/types.js'
import type { Published } from '../core/generation.js'
import type { LedgerPort } from '../core/ledger.js'
import { notGreen } from '../core/green.js'
import { firstSettings } from './build-aside.js'
import { copiesNamed } from './change-copy.js'
import { generationsOf } from './home.js'
import { placeNow } from './locate-run.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface PublishInput {
  readonly ref: RunRef
  /** A person asks for it, green or not. Absent: a run that has ended does, and only a green one is published. */
  readonly asked?: true
}

/** Why nothing was published; or what was. */
export type PublishedRun =
  | { readonly notGreen: string; readonly published: null }
  | { readonly notGreen: string | null; readonly published: Published }

/**
 * Makes what a run built aside what people read: only a green one, unless a person asks. Repeatable; a death in between is
 * finished by the next attempt, by whichever worker.
 */
export const publishRun = (tools: Tools) =>
  step(tools, 'publishRun', async ({ ref, asked }: PublishInput, { signal }): Promise<PublishedRun> => {
    const generations = await generationsOf(tools, ref)
    // What a killed attempt left may have no open database of any name: nothing could be asked of the run before.
    const settled = await generations.settle()
    if (settled?.run === ref.run) return { notGreen: null, published: settled }
    const { ledger, config } = await ledgerOf(tools, ref)
    const why = notGreen(await ledger.report(ref.run))
    if (why !== null && asked === undefined) return { notGreen: why, published: null }
    signal.throwIfAborted()
    await generations.carryOver(ref.run, await firstSettings(tools, config))
    const asCopy = Object.keys(copiesOf(config)).length > 0
    // An attempt that hung meanwhile is late: another one has taken its place, and a person may have published since.
    signal.throwIfAborted()
    return {
      notGreen: why,
      published: await generations.publish({ run: ref.run, keep: publishOf(config).keep, asCopy }),
    }
  })

export interface CopiesMade {
  readonly made: readonly string[]
}

/**
 * Makes the copies that the config has, of a published run. Repeatable: one that is there of this run stays, with what was
 * written to it since.
 */
export const makeCopies = (tools: Tools) =>
  step(tools, 'makeCopies', async ({ ref }: PublishInput, { signal }): Promise<CopiesMade> => {
    const generations = await generationsOf(tools, ref)
    const { config } = await ledgerOf(tools, ref)
    const made: string[] = []
    for (const [name, { keep }] of Object.entries(copiesOf(config))) {
      signal.throwIfAborted()
      const [newest] = await copiesNamed(generations, name)
      const copy = newest?.run === ref.run ? newest : await generations.copy(ref.run, name, keep)
      made.push(copy.database)
    }
    return { made }
  })

async function ledgerOf(tools: Tools, ref: RunRef): Promise<{ readonly ledger: LedgerPort; readonly config: Config }> {
  const target = await placeNow(tools, ref)
  const { ledger, stored } = await tools.plans.siteOf({ ...ref, target })
  return { ledger, config: stored.config }
}
