import type { Config, ConsistencyConfig, VerifyConfig } from './types.js'

/** What holds where a config says nothing, and in versions that were stored before there were such keys. */
export const DEFAULT_CONSISTENCY: ConsistencyConfig = {
  read: null,
  lockTimeoutMs: 1000,
  holdMs: 600_000,
  onLost: 'best-effort',
  uncovered: 'lock',
}
export const DEFAULT_VERIFY: VerifyConfig = { witness: 0.01 }

/** How a run of this config reads. `read` null: the config leaves it open; `snapshot`, if the account is able to. */
export const consistencyOf = (config: Pick<Config, 'consistency'>): ConsistencyConfig =>
  config.consistency ?? DEFAULT_CONSISTENCY

/** The share of the rows, from 0 to 1, that the witness of each run sees. */
export const witnessOf = (config: Pick<Config, 'verify'>): number => (config.verify ?? DEFAULT_VERIFY).witness
