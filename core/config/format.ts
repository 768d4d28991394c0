import { Failure } from '../failure.js'
import { DEFAULT_CONSISTENCY, DEFAULT_VERIFY } from './consistency.js'
import { BUILT_IN_PLACE } from './publish.js'
import type { Config } from './types.js'

type Stored = Readonly<Record<string, unknown>>

/**
 * What takes a stored config from one format to the next: the n-th step from n to n + 1. A key that may be left out is no
 * new format; one that older code would take wrongly is. A step that was released is never edited.
 */
const STEPS: readonly ((config: Stored) => Stored)[] = [
  // Configs of before there were snapshots and proofs: what held then is what holds where nothing is said.
  (config) => ({ consistency: DEFAULT_CONSISTENCY, verify: DEFAULT_VERIFY, ...config }),
  // Of before there were generations. Code of then would build in place what is to be built aside.
  (config) => ({ publish: BUILT_IN_PLACE, ...config }),
]

/** The format of configs that this code stores. */
export const CONFIG_FORMAT = STEPS.length + 1

/** A stored config as this code has it. Throws `refused` for one that newer code stored: it may say what we would not obey. */
export function migrateConfig(stored: unknown, format: number, steps = STEPS): Config {
  if (format > steps.length + 1)
    throw new Failure(
      'refused',
      `a newer Nightferry stored this config (format ${format}, known ${steps.length + 1})`,
      {
        remedy: 'upgrade this worker to the version that runs elsewhere',
      },
    )
  return steps.slice(format - 1).reduce((config, step) => step(config), stored as Stored) as unknown as Config
}
