import type { Ports } from '../core/ports.js'
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
  /** One line for the operator; fields hold no values and no secrets. */
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void
}

export interface ControlTools extends Tools {
  readonly kept: Kept
}
