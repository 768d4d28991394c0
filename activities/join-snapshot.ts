import { setTimeout } from 'node:timers/promises'
import type { CallState, ReaderCall } from '../core/alongside.js'
import type { LedgerPort } from '../core/ledger.js'
import type { RunId } from '../core/run.js'
import type { RunRef } from './messages.js'
import { type Site } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Longer than whoever takes the lock tries for it. */
const PATIENCE_MS = 75_000

const EVERY_MS = { call: 25, state: 3 } as const

/**
 * Opens sessions of the run's moment in this process, while another one holds the lock for all; `keepSnapshot` here is
 * to follow within half a minute. How many: 0 where this process takes the lock itself, or none was taken in time.
 * Repeatable: what an earlier attempt opened closes by itself.
 */
export const joinSnapshot = (tools: Tools) =>
  step(tools, 'joinSnapshot', async ({ ref }: { ref: RunRef }, { signal }): Promise<{ sessions: number }> => {
    const { queue, draining } = tools
    const site = await tools.plans.siteOf(ref)
    const over = new Set<string>()
    const end = performance.now() + PATIENCE_MS
    while (performance.now() < end && queue != null && draining?.aborted !== true) {
      signal.throwIfAborted()
      const call = await site.ledger.readerCall(ref.run)
      if (call?.leader === queue && !over.has(call.call) && call.state === 'gathering') return { sessions: 0 }
      if (call === null || call.state !== 'gathering' || over.has(call.call)) {
        await setTimeout(EVERY_MS.call)
        continue
      }
      over.add(call.call)
      const sessions = await join(site, ref.run, call.call, queue, signal)
      if (sessions > 0) return { sessions }
    }
    return { sessions: 0 }
  })

async function join({ ledger, source, plan }: Site, run: RunId, id: string, queue: string, signal: AbortSignal) {
  if (!(await ledger.joinCall(run, id, queue, 'here'))) return 0
  const when = new Watch(ledger, run, id, signal)
  const call = await when.is('connecting', ['gathering'])
  if (call === null || call.sessions === 0) return 0
  return await source.joinSnapshot({
    run,
    tables: plan.tables.map((table) => table.source),
    sessions: call.sessions,
    untilLocked: async () => {
      if (!(await ledger.joinCall(run, id, queue, 'ready'))) return false
      return (await when.is('begin', ['connecting'])) !== null
    },
    begun: async () => {
      if (!(await ledger.joinCall(run, id, queue, 'begun'))) return false
      return (await when.is('agreed', ['begin', 'closed'])) !== null
    },
  })
}

/** Looks at one call until it is where it should be. */
class Watch {
  constructor(
    private readonly ledger: LedgerPort,
    private readonly run: RunId,
    private readonly call: string,
    private readonly signal: AbortSignal,
  ) {}

  /** Null: it went elsewhere, another one took its place, or nothing came. */
  async is(state: CallState, before: readonly CallState[]): Promise<ReaderCall | null> {
    const end = performance.now() + PATIENCE_MS
    while (performance.now() < end) {
      this.signal.throwIfAborted()
      const call = await this.ledger.readerCall(this.run)
      if (call?.call !== this.call) return null
      if (call.state === state) return call
      if (!before.includes(call.state)) return null
      await setTimeout(EVERY_MS.state)
    }
    return null
  }
}
