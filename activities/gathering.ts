import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Alongside, Joined, JoinState } from '../core/alongside.js'
import type { LedgerPort } from '../core/ledger.js'
import type { RunId } from '../core/run.js'

/** Temporal may list a process that died a minute ago: nobody waits longer for one that does not come. */
const HERE_MS = 3000

/** Connections take so long on a busy machine. */
const READY_MS = 3000

/** Writers of the source wait meanwhile. */
const BEGUN_MS = 300

const EVERY_MS = 3

/** The other processes that open sessions of this one's moment, over all attempts at its lock. */
export class Gathering implements Alongside {
  #call = ''
  #each = 0
  #expected: readonly Joined[] = []
  #members: readonly Joined[] = []

  constructor(
    private readonly ledger: LedgerPort,
    private readonly run: RunId,
    /** This process's own queue. */
    private readonly queue: string,
    /** How many may come. */
    private readonly others: number,
  ) {}

  async gather(sessions: number, signal: AbortSignal): Promise<number> {
    this.#call = randomUUID()
    this.#members = []
    await this.ledger.callReaders(this.run, this.#call, this.queue)
    this.#expected = await this.#until('here', this.others, HERE_MS, signal)
    const count = this.#expected.length
    this.#each = count === 0 ? 0 : Math.max(1, Math.floor(sessions / (count + 1)))
    await this.#move('connecting')
    return Math.max(1, sessions - this.#each * count)
  }

  async connected(signal: AbortSignal): Promise<void> {
    this.#expected = await this.#until('ready', this.#expected.length, READY_MS, signal)
  }

  /** Never throws: where the ledger does not answer, this process reads alone. */
  async begin(): Promise<void> {
    if (this.#expected.length === 0) return
    try {
      await this.#move('begin')
      await this.#until('begun', this.#expected.length, BEGUN_MS)
      await this.#move('closed')
      this.#members = await this.#joined('begun')
    } catch {
      this.#members = []
    }
  }

  /** The moment stands: tells the others, and who they are. */
  async agree(): Promise<readonly { readonly queue: string; readonly sessions: number }[]> {
    if (this.#members.length === 0) return []
    await this.#move('agreed')
    return this.#members.map(({ queue }) => ({ queue, sessions: this.#each }))
  }

  async #move(state: Parameters<LedgerPort['moveCall']>[2]): Promise<void> {
    await this.ledger.moveCall(this.run, this.#call, state, this.#each)
  }

  async #joined(state: JoinState): Promise<readonly Joined[]> {
    return (await this.ledger.joinedTo(this.run, this.#call)).filter((one) => one.state === state)
  }

  async #until(state: JoinState, count: number, within: number, signal?: AbortSignal): Promise<readonly Joined[]> {
    const end = performance.now() + within
    for (;;) {
      signal?.throwIfAborted()
      const joined = await this.#joined(state)
      if (joined.length >= count || performance.now() > end) return joined
      await setTimeout(EVERY_MS)
    }
  }
}
