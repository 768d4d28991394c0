import { copiesOf, publishOf } from '../core/config/publish.js'
import { Failure } from '../core/failure.js'
import { tooMany } from '../core/generation.js'
import { notGreen } from '../core/green.js'
import type { ReadLabel, RunId, RunState } from '../core/run.js'
import { generationsOf } from './home.js'
import { placeNow } from './locate-run.js'
import type { RunRef } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** What a run built aside, and what it would be to publish it. */
export interface ShownGeneration {
  /** What people connect to. */
  readonly database: string
  readonly label: ReadLabel
  readonly state: RunState
  /** Why no night would publish it; null: it is green. */
  readonly notGreen: string | null
  /** It is published already. */
  readonly isPublished: boolean
  /** Whose rows people read now; null: no run's that is known. */
  readonly now: RunId | null
  /** A copy of it is published, and it stays closed itself. */
  readonly asCopy: boolean
  /** Previous ones that go with it, since `publish.keep` others are there. */
  readonly drops: readonly RunId[]
}

/** Looks at what a run built, and changes nothing. Refused where it is gone, or was not built aside. */
export const showGeneration = (tools: Tools) =>
  step(tools, 'showGeneration', async ({ ref }: { readonly ref: RunRef }): Promise<ShownGeneration> => {
    const generations = await generationsOf(tools, ref)
    const target = await placeNow(tools, ref)
    const list = await generations.list()
    const own = list.find(({ run }) => run === ref.run)
    if (own === undefined) throw inPlace(ref.run, generations.published)
    const { ledger, stored } = await tools.plans.siteOf({ ...ref, target })
    const report = await ledger.report(ref.run)
    return {
      database: generations.published,
      label: report.summary.label,
      state: report.summary.state,
      notGreen: notGreen(report),
      isPublished: own.published,
      now: list.find(({ published }) => published)?.run ?? null,
      asCopy: Object.keys(copiesOf(stored.config)).length > 0,
      drops: tooMany(list, ref.run, publishOf(stored.config).keep),
    }
  })

const inPlace = (run: RunId, database: string): Failure =>
  new Failure('refused', `Run ${run} was built in place: its rows lie in ${database} itself`, {
    remedy: 'What runs build aside from now on can be published: `nightferry publish NAME` lists it.',
  })
