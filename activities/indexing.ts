import type { RunId } from '../core/run.js'
import type { Site } from './plans.js'

/**
 * The clone is over when no table waits for its rows any more; whoever begins to index then says so. The phase's
 * clock is exact, and costs no step of its own.
 */
export async function enterIndexesWhenCopied({ ledger }: Site, run: RunId): Promise<void> {
  const states = await ledger.tableStates(run)
  const copying = states.some(({ state }) => state === 'waiting' || state === 'copying')
  if (!copying) await ledger.enterPhase(run, 'indexes')
}
