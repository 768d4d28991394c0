import { setTimeout } from 'node:timers/promises'
import { ApplicationFailure } from '@temporalio/common'
import type { LedgerPort } from '../core/ledger.js'
import type { RunId, TableState } from '../core/run.js'
import type { RunRef } from './messages.js'
import type { Site } from './plans.js'
import { step } from './step.js'
import type { Tools } from './tools.js'

/** Whoever waits for a metadata lock waits at most twice this long. */
const EVERY_MS = 800

/** How long the ledger's answer is waited for before the sessions are looked after without it. */
const ANSWER_MS = 3000

/**
 * How long tables stay locked against writers while the ledger is away: nothing is copied meanwhile, so they wait for
 * nothing. A restart of the target, or a failover, takes less; and writers of tables without transactions
 * rarely have a time limit of their own.
 */
const LEDGER_AWAY_MS = 60_000

const NEVER = new AbortController().signal

const UNREAD = new Set<TableState>(['waiting', 'copying'])

/**
 * Looks after a snapshot that this process holds, until it is cancelled: lets go of tables whose rows are all read, and
 * of those that others want to alter. Tables whose lock ended too early are labelled in the ledger. Fails with
 * `snapshot-lost` once no session is left. Whatever ends it closes it; but where this process drains, it says so at once,
 * and the sessions last for what is read in them: until the process ends, or nobody has kept them for half a minute.
 */
export const keepSnapshot = (tools: Tools, awayMs = LEDGER_AWAY_MS) =>
  step(tools, 'keepSnapshot', async ({ ref }: { ref: RunRef }, { signal, beat }): Promise<void> => {
    const { draining = NEVER } = tools
    const ending = AbortSignal.any([signal, draining])
    const site = await tools.plans.siteOf(ref)
    const tables = new TablesRead(site, ref.run)
    const labels = new Labels(site.ledger, ref.run)
    const { migration } = ref
    try {
      for (;;) {
        signal.throwIfAborted()
        const read = await tables.now()
        const state = await site.source.keepSnapshot(ref.run, read, tables.unheardMs() > awayMs)
        const { sessions, yielded, released } = state
        tools.measure?.('nightferry_snapshot_sessions', sessions, { migration })
        beat({ sessions, yielded: yielded.length, released: released.length })
        if (labels.isNew(released))
          tools.log('tables that no snapshot covers are unlocked', { run: ref.run, tables: released.length })
        void labels.write()
        await pause(ending)
        if (draining.aborted && !signal.aborted) throw stopping()
      }
    } finally {
      if (signal.aborted || !draining.aborted) await site.source.closeSnapshot(ref.run)
      tools.measure?.('nightferry_snapshot_sessions', 0, { migration })
      await within(ANSWER_MS, labels.write())
    }
  })

/** The run needs no five seconds of silence to know that nothing more is read here. */
const stopping = (): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'stopping',
    message: 'the process that held it was stopped',
    nonRetryable: true,
  })

/** A ledger that is away for a while is no reason to let the snapshot go: what it said last holds. */
class TablesRead {
  #last: string[] = []
  #heard = Date.now()
  #asking: Promise<void> | null = null

  constructor(
    private readonly site: Site,
    private readonly run: RunId,
  ) {}

  async now(): Promise<string[]> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null))
    await within(ANSWER_MS, this.#asking)
    return this.#last
  }

  unheardMs = (): number => Date.now() - this.#heard

  async #ask(): Promise<void> {
    const { ledger, plan } = this.site
    try {
      const states = await ledger.tableStates(this.run)
      this.#last = states.flatMap(({ table, state }) => (UNREAD.has(state) ? [] : [plan.tables[table]?.source ?? '']))
      this.#heard = Date.now()
    } catch {
      // Asked again in the next round.
    }
  }
}

/** Writes down which tables lost their lock, as soon as the ledger can be written. */
class Labels {
  #tables: readonly string[] = []
  #isWritten = true
  #writing: Promise<void> | null = null

  constructor(
    private readonly ledger: LedgerPort,
    private readonly run: RunId,
  ) {}

  isNew(tables: readonly string[]): boolean {
    if (tables.length <= this.#tables.length) return false
    this.#tables = tables
    this.#isWritten = false
    return true
  }

  /** Never throws: where the ledger is away, the next round tries again. */
  async write(): Promise<void> {
    if (this.#isWritten) return
    this.#writing ??= this.ledger
      .labelTables(this.run, this.#tables)
      .then(
        () => void (this.#isWritten = true),
        () => {},
      )
      .finally(() => (this.#writing = null))
    await this.#writing
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const stop = new AbortController()
  await Promise.race([work, setTimeout(milliseconds, undefined, { signal: stop.signal }).catch(() => {})])
  stop.abort()
}

/** Ends early, and well, when the signal comes. */
async function pause(signal: AbortSignal): Promise<void> {
  await setTimeout(EVERY_MS, undefined, { signal }).catch(() => {})
}
