import type { RunState, RunSummary } from '../core/run.js'
import type { CloseInput } from './messages.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/**
 * Complete is a run whose every table is done, but those that a person set aside, and nothing else; the ledger is asked,
 * not the workflow. Repeatable.
 */
export const closeRun = (tools: Tools) =>
  step(tools, 'closeRun', async ({ ref, reason }: CloseInput): Promise<RunSummary> => {
    const { ledger } = await tools.plans.siteOf(ref)
    const states = await ledger.tableStates(ref.run)
    const open = states.filter(({ state }) => state !== 'done' && state !== 'skipped')
    const any = states.some(({ state }) => state === 'done')
    const state: RunState = reason === null && open.length === 0 && any ? 'complete' : 'incomplete'
    const unfinished = open.filter((table) => table.state !== 'stopped').length
    const all = `${states.length} of ${states.length} tables were skipped`
    const none = open.length === 0 && states.length > 0 && !any ? all : null
    const why = reason ?? (unfinished > 0 ? `${unfinished} of ${states.length} tables were not finished` : none)
    return await ledger.closeRun(ref.run, state, why)
  })
