import type { HookMoment, HooksConfig } from '../core/config/types.js'
import { Failure } from '../core/failure.js'
import { hookPayload, type HookFacts, type HookResult } from '../core/hooks.js'
import type { News } from '../core/news.js'
import type { RunSummary } from '../core/run.js'
import type { RunRef } from './messages.js'
import { recallRun } from './recall-run.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

export interface RunHookInput {
  readonly ref: RunRef
  readonly moment: HookMoment
  /** What the workflow knows better than the memory of the run; absent: as that says. */
  readonly told?: Partial<Pick<HookFacts, 'verdict' | 'reason' | 'label'>>
  /** The database that people read, where this run is published; SQL behind the publishing runs there. Absent: it is not. */
  readonly published?: string
  /** Of the applied config, for whoever is called when the target is away; absent: read from the run's version. */
  readonly applied?: { readonly hooks: HooksConfig; readonly schema: string }
}

/** What is kept of a run that a hook is told; null: nothing yet, or it cannot be read. */
export interface Recalled {
  readonly summary: RunSummary
  readonly news: readonly News[]
}
export type Recall = (tools: Tools, ref: RunRef) => Promise<Recalled | null>

/**
 * Runs what the config has for this moment, at least once; null: it has nothing, or there are no news to tell. A hook that
 * fails is a result that is not `ok`, except `before_run`: that throws `hook-failed`, so that nothing is read.
 */
export const runHook = (tools: Tools, recall: Recall = fromMemory) =>
  step(tools, 'runHook', async (input: RunHookInput, { signal }): Promise<HookResult | null> => {
    const { ref, moment } = input
    const { hooks, schema } = input.applied ?? (await appliedIn(tools, ref))
    const hook = hooks[moment]
    if (hook === undefined) return null
    const facts = await factsOf(tools, input, recall)
    if (moment === 'on_news' && facts.news.length === 0) return null
    const database = runsInPublished(moment) && facts.published !== null ? facts.published : ref.target.database
    const target = { connection: ref.target.connection, database, schema }
    const result = await runnerOf(tools).run({ hook, payload: hookPayload(moment, facts), target }, signal)
    if (moment === 'before_run' && !result.ok)
      throw new Failure('hook-failed', `${result.name} ${result.what}`, { remedy: result.remedy ?? '' })
    return result
  })

const runsInPublished = (moment: HookMoment): boolean => moment === 'after_publish' || moment === 'on_news'

async function appliedIn({ plans }: Tools, ref: RunRef): Promise<NonNullable<RunHookInput['applied']>> {
  const { config } = (await plans.siteOf(ref)).stored
  return { hooks: config.hooks ?? {}, schema: config.target.schema }
}

async function factsOf(
  tools: Tools,
  { ref, moment, told, published }: RunHookInput,
  recall: Recall,
): Promise<HookFacts> {
  const { migration, run, version } = ref
  const kept = moment === 'before_run' ? null : await recallSafely(tools, ref, recall)
  const summary = kept?.summary
  return {
    ...{ migration, run, version, published: published ?? null, news: kept?.news ?? [] },
    verdict: told?.verdict ?? summary?.state ?? (moment === 'before_run' ? 'running' : 'incomplete'),
    reason: told?.reason ?? summary?.reason ?? null,
    label: told?.label ?? summary?.label ?? null,
    counts: summary
      ? { tables: summary.tables, stopped: summary.stopped, rows: summary.rows, bytes: summary.bytes }
      : null,
  }
}

/** Whoever is to hear that the target is away must not wait for it. */
async function recallSafely(tools: Tools, ref: RunRef, recall: Recall): Promise<Recalled | null> {
  try {
    return await recall(tools, ref)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    tools.log('what is kept of a run could not be read', { run: ref.run, kind: error.kind, reason: error.message })
    return null
  }
}

/** A run whose end is not remembered yet is known to its ledger, without its news. */
const fromMemory: Recall = async (tools, ref) => (await recallRun(tools, ref)) ?? (await fromLedger(tools, ref))

/** As many as may have begun since. */
const RECENT = 20

const fromLedger: Recall = async ({ ports }, { run, target }) => {
  const { ledger } = await ports.target(target.connection, target.database)
  const summary = (await ledger.runs(RECENT)).find((one) => one.run === run)
  return summary ? { summary, news: [] } : null
}

function runnerOf({ hooks }: Tools): NonNullable<Tools['hooks']> {
  if (hooks) return hooks
  throw new Failure('internal', 'This worker runs no hooks', { remedy: 'Start the control worker of this release.' })
}
