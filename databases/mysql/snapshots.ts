import type { JoinRequest } from '../../core/alongside.js'
import type { RunId } from '../../core/run.js'
import type { OpenedSnapshot, SnapshotRequest, SnapshotState } from '../../core/snapshot.js'
import type { Sessions } from './sessions.js'
import { lost, Snapshot } from './snapshot.js'
import { joinMoment } from './snapshot-join.js'
import { openUnderLock } from './snapshot-open.js'

/** A snapshot costs the source its undo, so one that nobody looks after is not kept. */
const UNKEPT_MS = 30_000

/** The snapshots that this process holds of one source, by run. */
export class Snapshots {
  readonly #held = new Map<RunId, { readonly snapshot: Snapshot; timer: NodeJS.Timeout }>()
  /** How often an attempt that failed had asked for a lock without seeing what it waits for; the next one goes on counting. */
  readonly #unseen = new Map<RunId, { asked: number }>()

  constructor(private readonly sessions: Sessions) {}

  /** What was held under this run's id was never heard of, and is closed. */
  async open(request: SnapshotRequest, signal: AbortSignal): Promise<OpenedSnapshot> {
    this.close(request.run)
    const unseen = this.#unseen.get(request.run) ?? { asked: 0 }
    this.#unseen.set(request.run, unseen)
    const snapshot = new Snapshot(this.sessions, await openUnderLock(this.sessions, request, unseen, signal))
    this.#unseen.delete(request.run)
    this.#held.set(request.run, { snapshot, timer: this.#unkept(request.run) })
    return snapshot.opened
  }

  /** Of a moment whose lock another process holds. What was held under this run's id was never heard of, and is closed. */
  async join(request: JoinRequest): Promise<number> {
    this.close(request.run)
    const opening = await joinMoment(this.sessions, request)
    if (opening === null) return 0
    const snapshot = new Snapshot(this.sessions, opening)
    this.#held.set(request.run, { snapshot, timer: this.#unkept(request.run) })
    return snapshot.opened.sessions
  }

  /** Throws `snapshot-lost` where this process does not hold it. */
  of(run: RunId): Snapshot {
    const held = this.#held.get(run)
    if (held === undefined) throw lost()
    return held.snapshot
  }

  async keep(run: RunId, read: readonly string[], unlock = false): Promise<SnapshotState> {
    const snapshot = this.of(run)
    const held = this.#held.get(run)
    if (held !== undefined) {
      clearTimeout(held.timer)
      held.timer = this.#unkept(run)
    }
    const state = await snapshot.keep(new Set(read), unlock)
    if (state.sessions > 0) return state
    this.close(run)
    throw lost()
  }

  close(run: RunId): void {
    const held = this.#held.get(run)
    if (held === undefined) return
    clearTimeout(held.timer)
    this.#held.delete(run)
    held.snapshot.close()
  }

  closeAll(): void {
    for (const run of [...this.#held.keys()]) this.close(run)
  }

  #unkept(run: RunId): NodeJS.Timeout {
    return setTimeout(() => this.close(run), UNKEPT_MS).unref()
  }
}
