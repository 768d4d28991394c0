import type { HooksConfig } from '../core/config/types.js'

/** What is done around a run beside copying: of the config that was applied. */
export interface Around {
  readonly hooks: HooksConfig
  /** Whether any are made of what is published. */
  readonly copies: boolean
  /** Where SQL of hooks looks for names. */
  readonly schema: string
}
