import type { Log } from '../core/log.js'
import type { MemoryPort } from '../core/memory.js'
import type { Measure } from '../core/metrics.js'
import type { BackupTools, HookRunner, Ports } from '../core/ports.js'
import type { RunId } from '../core/run.js'
import type { Kept } from './kept.js'
import type { Plans } from './plans.js'

/** What every step is made from. */
export interface Tools {
  readonly ports: Ports
  readonly plans: Plans
  /** Names this process in the ledger's claims. */
  readonly worker: string
  /** This process's own task queue, where its snapshots are read; null: it has none, and opens none. */
  readonly queue?: string | null
  /** Own queues of the data processes that there are, also of some that died lately. Absent: nobody can tell. */
  readonly readers?: () => Promise<readonly string[]>
  /** One line for the operator; fields hold no values and no secrets. */
  readonly log: Log
  /** Absent: nobody asked for metrics. */
  readonly measure?: Measure
  /** What a config names to be run beside a run; absent: this process runs none. */
  readonly hooks?: HookRunner
  /** Tools for backups on this machine; absent: this process asks none. */
  readonly backups?: BackupTools
  /** Writes the pages of runs that are over; absent: this process writes none. */
  readonly pages?: RunPages
  /** Aborted once this process takes no new work; what is under way has a while to end. Absent: that is not told. */
  readonly draining?: AbortSignal
}

export interface RunPages {
  /** Of what the memory keeps of the run. Repeatable, once more is known of it; never throws. */
  write(memory: MemoryPort, migration: string, run: RunId): Promise<void>
}

export interface ControlTools extends Tools {
  readonly kept: Kept
}
