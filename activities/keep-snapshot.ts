import { setTimeout } from 'node:timers/promises'
import type { TableState } from '../core/run.js'
import type { RunRef } from './messages.js'
import type { Site } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Whoever waits for a metadata lock waits at most twice this long. */
const EVERY_MS = 800

const UNREAD = new Set<TableState>(['waiting', 'copying'])

/**
 * Looks after a snapshot that this process holds, until it is cancelled: lets go of tables whose rows are all read, and
 * of those that others want to alter. Fails with `snapshot-lost` once no session is left. Whatever ends it closes it.
 */
export const keepSnapshot = (tools: Tools) =>
  step(tools, 'keepSnapshot', async ({ ref }: { ref: RunRef }, { signal, beat }): Promise<void> => {
    const site = await tools.plans.siteOf(ref)
    try {
      for (;;) {
        signal.throwIfAborted()
        const { sessions, yielded } = await site.source.keepSnapshot(ref.run, await tablesRead(site, ref.run))
        beat({ sessions, yielded: yielded.length })
        await pause(signal)
      }
    } finally {
      await site.source.closeSnapshot(ref.run)
    }
  })

/** A ledger that is away for a while is no reason to let the snapshot go. */
async function tablesRead({ ledger, plan }: Site, run: string): Promise<string[]> {
  const states = await ledger.tableStates(run).catch(() => [])
  return states.flatMap(({ table, state }) => (UNREAD.has(state) ? [] : [plan.tables[table]?.source ?? '']))
}

/** Ends early, and well, when the signal comes. */
async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(EVERY_MS, undefined, { signal }).catch(() => {})
}
